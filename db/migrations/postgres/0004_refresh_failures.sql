ALTER TABLE "accounts" ADD COLUMN "refresh_failing_since" bigint;--> statement-breakpoint
ALTER TABLE "accounts" ADD COLUMN "refresh_failures" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "accounts" ADD COLUMN "refresh_failed_at" bigint;