CREATE TABLE "accounts" (
	"id" text PRIMARY KEY NOT NULL,
	"upstream" text NOT NULL,
	"email" text NOT NULL,
	"name" text,
	"remark" text,
	"session_token_sealed" text,
	"session_token_hash" text,
	"access_token_sealed" text,
	"access_token_issued_at" bigint,
	"access_token_expires_at" bigint,
	"proxy_url_sealed" text,
	"tier" text NOT NULL,
	"credits" integer,
	"credits_checked_at" bigint,
	"project_id" text,
	"project_name" text,
	"enabled" boolean DEFAULT true NOT NULL,
	"image_enabled" boolean DEFAULT true NOT NULL,
	"video_enabled" boolean DEFAULT true NOT NULL,
	"image_concurrency" integer,
	"video_concurrency" integer,
	"error_streak" integer DEFAULT 0 NOT NULL,
	"last_error_at" bigint,
	"last_error_code" text,
	"banned_at" bigint,
	"ban_reason" text,
	"expired_at" bigint,
	"expired_reason" text,
	"cooldown_until" bigint,
	"cooldown_reason" text,
	"blocks" jsonb NOT NULL,
	"image_count" integer DEFAULT 0 NOT NULL,
	"video_count" integer DEFAULT 0 NOT NULL,
	"error_count" integer DEFAULT 0 NOT NULL,
	"last_used_at" bigint,
	"last_success_at" bigint,
	"removed_at" bigint,
	"created_at" bigint NOT NULL,
	"updated_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "administrators" (
	"id" text PRIMARY KEY NOT NULL,
	"username" text NOT NULL,
	"password_hash" text NOT NULL,
	"created_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "api_keys" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"hash" text NOT NULL,
	"hint" text NOT NULL,
	"enabled" boolean DEFAULT true NOT NULL,
	"expires_at" bigint,
	"last_used_at" bigint,
	"last_served_at" bigint,
	"created_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "job_inputs" (
	"job_id" text NOT NULL,
	"position" integer NOT NULL,
	"storage_key" text NOT NULL,
	"content_type" text NOT NULL,
	"size_bytes" bigint NOT NULL,
	"width" integer NOT NULL,
	"height" integer NOT NULL,
	"sha256" text NOT NULL,
	CONSTRAINT "job_inputs_job_id_position_pk" PRIMARY KEY("job_id","position")
);
--> statement-breakpoint
CREATE TABLE "job_steps" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"job_id" text NOT NULL,
	"name" text NOT NULL,
	"detail" jsonb NOT NULL,
	"started_at" bigint NOT NULL,
	"ended_at" bigint
);
--> statement-breakpoint
CREATE TABLE "jobs" (
	"id" text PRIMARY KEY NOT NULL,
	"api_key_id" text,
	"request_id" text,
	"state" text NOT NULL,
	"step" text,
	"kind" text NOT NULL,
	"model" text NOT NULL,
	"spec_id" text NOT NULL,
	"spec" jsonb NOT NULL,
	"need" text NOT NULL,
	"prompt" text NOT NULL,
	"seed" integer,
	"source" jsonb,
	"account_id" text,
	"account_email" text,
	"project_id" text,
	"tier" text,
	"occupies" boolean DEFAULT false NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"avoid" jsonb NOT NULL,
	"uploads" jsonb NOT NULL,
	"intent" jsonb,
	"handle" jsonb,
	"outcome" jsonb,
	"base" jsonb,
	"credits" integer DEFAULT 0 NOT NULL,
	"progress" integer,
	"expected_ms" bigint,
	"error" jsonb,
	"lease_owner" text,
	"lease_until" bigint,
	"available_at" bigint NOT NULL,
	"deadline_at" bigint NOT NULL,
	"cancel_requested_at" bigint,
	"started_at" bigint,
	"accepted_at" bigint,
	"ended_at" bigint,
	"created_at" bigint NOT NULL,
	"revision" integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE TABLE "leases" (
	"name" text PRIMARY KEY NOT NULL,
	"owner" text NOT NULL,
	"until" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "media" (
	"id" text PRIMARY KEY NOT NULL,
	"job_id" text,
	"api_key_id" text,
	"kind" text NOT NULL,
	"role" text NOT NULL,
	"content_type" text NOT NULL,
	"extension" text NOT NULL,
	"storage_key" text,
	"upstream_url" text,
	"size_bytes" bigint,
	"sha256" text,
	"width" integer,
	"height" integer,
	"duration_seconds" integer,
	"account_id" text,
	"account_email" text,
	"project_id" text,
	"upstream_name" text,
	"workflow_id" text,
	"kept" boolean DEFAULT false NOT NULL,
	"created_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "meta" (
	"key" text PRIMARY KEY NOT NULL,
	"value" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "projects" (
	"id" text PRIMARY KEY NOT NULL,
	"account_id" text NOT NULL,
	"upstream_id" text NOT NULL,
	"title" text NOT NULL,
	"created_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "request_logs" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"request_id" text NOT NULL,
	"at" bigint NOT NULL,
	"method" text NOT NULL,
	"path" text NOT NULL,
	"status" integer NOT NULL,
	"duration_ms" integer NOT NULL,
	"api_key_id" text,
	"job_id" text,
	"model" text,
	"error_code" text,
	"error_message" text,
	"client" text,
	"user_agent" text
);
--> statement-breakpoint
CREATE TABLE "sessions" (
	"id" text PRIMARY KEY NOT NULL,
	"administrator_id" text NOT NULL,
	"created_at" bigint NOT NULL,
	"expires_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "settings" (
	"key" text PRIMARY KEY NOT NULL,
	"value" jsonb NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"updated_at" bigint NOT NULL
);
--> statement-breakpoint
ALTER TABLE "job_inputs" ADD CONSTRAINT "job_inputs_job_id_jobs_id_fk" FOREIGN KEY ("job_id") REFERENCES "public"."jobs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "job_steps" ADD CONSTRAINT "job_steps_job_id_jobs_id_fk" FOREIGN KEY ("job_id") REFERENCES "public"."jobs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "jobs" ADD CONSTRAINT "jobs_api_key_id_api_keys_id_fk" FOREIGN KEY ("api_key_id") REFERENCES "public"."api_keys"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "jobs" ADD CONSTRAINT "jobs_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "media" ADD CONSTRAINT "media_job_id_jobs_id_fk" FOREIGN KEY ("job_id") REFERENCES "public"."jobs"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "media" ADD CONSTRAINT "media_api_key_id_api_keys_id_fk" FOREIGN KEY ("api_key_id") REFERENCES "public"."api_keys"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "projects" ADD CONSTRAINT "projects_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_administrator_id_administrators_id_fk" FOREIGN KEY ("administrator_id") REFERENCES "public"."administrators"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "accounts_session_token_hash_uq" ON "accounts" USING btree ("session_token_hash");--> statement-breakpoint
CREATE INDEX "accounts_email_ix" ON "accounts" USING btree ("email");--> statement-breakpoint
CREATE UNIQUE INDEX "administrators_username_uq" ON "administrators" USING btree ("username");--> statement-breakpoint
CREATE UNIQUE INDEX "api_keys_hash_uq" ON "api_keys" USING btree ("hash");--> statement-breakpoint
CREATE UNIQUE INDEX "api_keys_name_uq" ON "api_keys" USING btree ("name");--> statement-breakpoint
CREATE INDEX "job_steps_job_ix" ON "job_steps" USING btree ("job_id","id");--> statement-breakpoint
CREATE INDEX "jobs_queue_ix" ON "jobs" USING btree ("state","api_key_id","need","created_at");--> statement-breakpoint
CREATE INDEX "jobs_occupying_ix" ON "jobs" USING btree ("account_id","occupies","kind");--> statement-breakpoint
CREATE INDEX "jobs_history_ix" ON "jobs" USING btree ("spec_id","state","ended_at");--> statement-breakpoint
CREATE INDEX "jobs_created_ix" ON "jobs" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "media_job_ix" ON "media" USING btree ("job_id");--> statement-breakpoint
CREATE INDEX "media_created_ix" ON "media" USING btree ("created_at");--> statement-breakpoint
CREATE UNIQUE INDEX "projects_account_upstream_uq" ON "projects" USING btree ("account_id","upstream_id");--> statement-breakpoint
CREATE INDEX "request_logs_at_ix" ON "request_logs" USING btree ("at");--> statement-breakpoint
CREATE INDEX "request_logs_request_ix" ON "request_logs" USING btree ("request_id");--> statement-breakpoint
CREATE INDEX "sessions_expires_ix" ON "sessions" USING btree ("expires_at");