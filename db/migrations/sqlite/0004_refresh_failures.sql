ALTER TABLE `accounts` ADD `refresh_failing_since` integer;--> statement-breakpoint
ALTER TABLE `accounts` ADD `refresh_failures` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `accounts` ADD `refresh_failed_at` integer;