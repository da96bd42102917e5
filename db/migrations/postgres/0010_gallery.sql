ALTER TABLE "media" ADD COLUMN "released_at" bigint;--> statement-breakpoint
ALTER TABLE "media" ADD COLUMN "deleted_at" bigint;--> statement-breakpoint
ALTER TABLE "media" ADD COLUMN "copy_of" text;--> statement-breakpoint
CREATE INDEX "media_copy_ix" ON "media" USING btree ("copy_of") WHERE "media"."copy_of" is not null;