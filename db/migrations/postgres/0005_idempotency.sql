CREATE TABLE "idempotency_records" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"api_key_id" text NOT NULL,
	"route" text NOT NULL,
	"key" text,
	"body_hash" text NOT NULL,
	"retry_count" integer NOT NULL,
	"job_ids" jsonb NOT NULL,
	"created_at" bigint NOT NULL
);
--> statement-breakpoint
ALTER TABLE "idempotency_records" ADD CONSTRAINT "idempotency_records_api_key_id_api_keys_id_fk" FOREIGN KEY ("api_key_id") REFERENCES "public"."api_keys"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "idempotency_records_key_uq" ON "idempotency_records" USING btree ("api_key_id","route","key");--> statement-breakpoint
CREATE INDEX "idempotency_records_hash_ix" ON "idempotency_records" USING btree ("api_key_id","body_hash");