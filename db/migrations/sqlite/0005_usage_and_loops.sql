CREATE TABLE `loop_runs` (
	`name` text PRIMARY KEY NOT NULL,
	`instance_id` text NOT NULL,
	`started_at` integer NOT NULL,
	`duration_ms` integer NOT NULL,
	`next_at` integer NOT NULL,
	`error_at` integer,
	`error` text
);
--> statement-breakpoint
CREATE TABLE `usage_hours` (
	`dimension` text NOT NULL,
	`hour` integer NOT NULL,
	`value` text NOT NULL,
	`kind` text NOT NULL,
	`metric` text NOT NULL,
	`amount` integer NOT NULL,
	PRIMARY KEY(`dimension`, `hour`, `value`, `kind`, `metric`)
);
--> statement-breakpoint
CREATE INDEX `usage_hours_hour_ix` ON `usage_hours` (`hour`);--> statement-breakpoint
ALTER TABLE `jobs` ADD `usage_due` integer DEFAULT true NOT NULL;--> statement-breakpoint
ALTER TABLE `jobs` ADD `usage_counted` text;--> statement-breakpoint
CREATE INDEX `jobs_request_ix` ON `jobs` (`request_id`);--> statement-breakpoint
CREATE INDEX `jobs_usage_due_ix` ON `jobs` (`usage_due`,`ended_at`);--> statement-breakpoint
ALTER TABLE `request_logs` ADD `source` text;