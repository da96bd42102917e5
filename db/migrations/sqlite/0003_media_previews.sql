ALTER TABLE `media` ADD `preview_key` text;--> statement-breakpoint
ALTER TABLE `media` ADD `preview_bytes` integer;--> statement-breakpoint
ALTER TABLE `media` ADD `read_until` integer;