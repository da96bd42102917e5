CREATE TABLE "playground_runs" (
	"id" text PRIMARY KEY NOT NULL,
	"request_id" text NOT NULL,
	"job_ids" jsonb NOT NULL,
	"form" jsonb NOT NULL,
	"created_at" bigint NOT NULL
);
--> statement-breakpoint
ALTER TABLE "jobs" ADD COLUMN "pinned_to" text;--> statement-breakpoint
CREATE INDEX "playground_runs_created_ix" ON "playground_runs" USING btree ("created_at","id");