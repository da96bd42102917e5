ALTER TABLE "jobs" ADD COLUMN "hidden_at" bigint;--> statement-breakpoint
CREATE INDEX "jobs_owner_ix" ON "jobs" USING btree ("api_key_id","kind","created_at","id");