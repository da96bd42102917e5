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
CREATE TABLE "reference_uploads" (
	"account_id" text NOT NULL,
	"project_id" text NOT NULL,
	"sha256" text NOT NULL,
	"kind" text NOT NULL,
	"upstream_name" text NOT NULL,
	"created_at" bigint NOT NULL,
	"used_at" bigint NOT NULL,
	CONSTRAINT "reference_uploads_account_id_project_id_sha256_kind_pk" PRIMARY KEY("account_id","project_id","sha256","kind")
);
--> statement-breakpoint
ALTER TABLE "jobs" ADD COLUMN "hidden_at" bigint;--> statement-breakpoint
ALTER TABLE "media" ADD COLUMN "preview_key" text;--> statement-breakpoint
ALTER TABLE "media" ADD COLUMN "preview_bytes" bigint;--> statement-breakpoint
ALTER TABLE "media" ADD COLUMN "read_until" bigint;--> statement-breakpoint
ALTER TABLE "request_logs" ADD COLUMN "side_request" text;--> statement-breakpoint
ALTER TABLE "idempotency_records" ADD CONSTRAINT "idempotency_records_api_key_id_api_keys_id_fk" FOREIGN KEY ("api_key_id") REFERENCES "public"."api_keys"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reference_uploads" ADD CONSTRAINT "reference_uploads_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "idempotency_records_key_uq" ON "idempotency_records" USING btree ("api_key_id","route","key");--> statement-breakpoint
CREATE INDEX "idempotency_records_hash_ix" ON "idempotency_records" USING btree ("api_key_id","body_hash");--> statement-breakpoint
CREATE INDEX "reference_uploads_created_ix" ON "reference_uploads" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "job_inputs_storage_ix" ON "job_inputs" USING btree ("storage_key");--> statement-breakpoint
CREATE INDEX "jobs_owner_ix" ON "jobs" USING btree ("api_key_id","kind","created_at","id");--> statement-breakpoint
CREATE INDEX "media_storage_ix" ON "media" USING btree ("storage_key") WHERE "media"."storage_key" is not null;--> statement-breakpoint
CREATE INDEX "media_preview_ix" ON "media" USING btree ("preview_key") WHERE "media"."preview_key" is not null;--> statement-breakpoint
CREATE INDEX "media_removable_ix" ON "media" USING btree ("created_at","id") WHERE "media"."storage_key" is not null;