ALTER TABLE "media" ADD COLUMN "preview_key" text;--> statement-breakpoint
ALTER TABLE "media" ADD COLUMN "preview_bytes" bigint;--> statement-breakpoint
ALTER TABLE "media" ADD COLUMN "read_until" bigint;