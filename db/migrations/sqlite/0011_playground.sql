CREATE TABLE `playground_runs` (
	`id` text PRIMARY KEY NOT NULL,
	`request_id` text NOT NULL,
	`job_ids` text NOT NULL,
	`form` text NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `playground_runs_created_ix` ON `playground_runs` (`created_at`,`id`);--> statement-breakpoint
ALTER TABLE `jobs` ADD `pinned_to` text;