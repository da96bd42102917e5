CREATE TABLE "account_days" (
	"account_id" text NOT NULL,
	"day" text NOT NULL,
	"images" integer DEFAULT 0 NOT NULL,
	"videos" integer DEFAULT 0 NOT NULL,
	"errors" integer DEFAULT 0 NOT NULL,
	CONSTRAINT "account_days_account_id_day_pk" PRIMARY KEY("account_id","day")
);
--> statement-breakpoint
CREATE TABLE "audit_entries" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"at" bigint NOT NULL,
	"administrator_id" text,
	"administrator" text,
	"action" text NOT NULL,
	"object" text,
	"detail" jsonb NOT NULL,
	"request_id" text,
	"address" text
);
--> statement-breakpoint
CREATE TABLE "health_changes" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"account_id" text NOT NULL,
	"at" bigint NOT NULL,
	"before" text NOT NULL,
	"after" text NOT NULL,
	"reason" text
);
--> statement-breakpoint
CREATE TABLE "key_days" (
	"api_key_id" text NOT NULL,
	"day" text NOT NULL,
	"requests" integer DEFAULT 0 NOT NULL,
	"images" integer DEFAULT 0 NOT NULL,
	"videos" integer DEFAULT 0 NOT NULL,
	"credits" integer DEFAULT 0 NOT NULL,
	CONSTRAINT "key_days_api_key_id_day_pk" PRIMARY KEY("api_key_id","day")
);
--> statement-breakpoint
CREATE TABLE "rate_counters" (
	"key" text PRIMARY KEY NOT NULL,
	"points" integer NOT NULL,
	"expire" bigint
);
--> statement-breakpoint
CREATE TABLE "samples" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"scope" text NOT NULL,
	"at" bigint NOT NULL,
	"value" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "tasks" (
	"id" text PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"state" text NOT NULL,
	"input_sealed" text,
	"total" integer NOT NULL,
	"done" integer DEFAULT 0 NOT NULL,
	"results" jsonb NOT NULL,
	"stop_requested_at" bigint,
	"lease_owner" text,
	"lease_until" bigint,
	"created_at" bigint NOT NULL,
	"ended_at" bigint
);
--> statement-breakpoint
CREATE TABLE "upstream_calls" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"job_id" text NOT NULL,
	"account_id" text,
	"at" bigint NOT NULL,
	"duration_ms" integer NOT NULL,
	"method" text NOT NULL,
	"host" text NOT NULL,
	"path" text NOT NULL,
	"status" integer,
	"proxied" boolean NOT NULL,
	"error" text,
	"request" jsonb,
	"response" jsonb
);
--> statement-breakpoint
ALTER TABLE "accounts" ADD COLUMN "disabled_at" bigint;--> statement-breakpoint
ALTER TABLE "accounts" ADD COLUMN "session_token_replaced_at" bigint;--> statement-breakpoint
ALTER TABLE "api_keys" ADD COLUMN "previous_hash" text;--> statement-breakpoint
ALTER TABLE "api_keys" ADD COLUMN "previous_until" bigint;--> statement-breakpoint
ALTER TABLE "api_keys" ADD COLUMN "models" jsonb;--> statement-breakpoint
ALTER TABLE "api_keys" ADD COLUMN "media_types" jsonb;--> statement-breakpoint
ALTER TABLE "api_keys" ADD COLUMN "requests_per_minute" integer;--> statement-breakpoint
ALTER TABLE "api_keys" ADD COLUMN "concurrent_jobs" integer;--> statement-breakpoint
ALTER TABLE "api_keys" ADD COLUMN "images_per_day" integer;--> statement-breakpoint
ALTER TABLE "api_keys" ADD COLUMN "videos_per_day" integer;--> statement-breakpoint
ALTER TABLE "api_keys" ADD COLUMN "credits_per_day" integer;--> statement-breakpoint
ALTER TABLE "jobs" ADD COLUMN "counted_day" text;--> statement-breakpoint
ALTER TABLE "request_logs" ADD COLUMN "request_body" jsonb;--> statement-breakpoint
ALTER TABLE "request_logs" ADD COLUMN "response_body" jsonb;--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN "last_seen_at" bigint;--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN "address" text;--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN "user_agent" text;--> statement-breakpoint
ALTER TABLE "account_days" ADD CONSTRAINT "account_days_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "health_changes" ADD CONSTRAINT "health_changes_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "key_days" ADD CONSTRAINT "key_days_api_key_id_api_keys_id_fk" FOREIGN KEY ("api_key_id") REFERENCES "public"."api_keys"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "audit_entries_at_ix" ON "audit_entries" USING btree ("at");--> statement-breakpoint
CREATE INDEX "health_changes_account_ix" ON "health_changes" USING btree ("account_id","at");--> statement-breakpoint
CREATE INDEX "samples_name_ix" ON "samples" USING btree ("name","scope","at");--> statement-breakpoint
CREATE INDEX "tasks_state_ix" ON "tasks" USING btree ("state");--> statement-breakpoint
CREATE INDEX "upstream_calls_job_ix" ON "upstream_calls" USING btree ("job_id","id");--> statement-breakpoint
CREATE INDEX "upstream_calls_at_ix" ON "upstream_calls" USING btree ("at");--> statement-breakpoint
CREATE INDEX "api_keys_previous_hash_ix" ON "api_keys" USING btree ("previous_hash");