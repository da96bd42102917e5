ALTER TABLE `jobs` ADD `hidden_at` integer;--> statement-breakpoint
CREATE INDEX `jobs_owner_ix` ON `jobs` (`api_key_id`,`kind`,`created_at`,`id`);