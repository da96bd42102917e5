ALTER TABLE `media` ADD `released_at` integer;--> statement-breakpoint
ALTER TABLE `media` ADD `deleted_at` integer;--> statement-breakpoint
ALTER TABLE `media` ADD `copy_of` text;--> statement-breakpoint
CREATE INDEX `media_copy_ix` ON `media` (`copy_of`) WHERE "media"."copy_of" is not null;