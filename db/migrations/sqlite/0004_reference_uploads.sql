CREATE TABLE `reference_uploads` (
	`account_id` text NOT NULL,
	`project_id` text NOT NULL,
	`sha256` text NOT NULL,
	`kind` text NOT NULL,
	`upstream_name` text NOT NULL,
	`created_at` integer NOT NULL,
	`used_at` integer NOT NULL,
	PRIMARY KEY(`account_id`, `project_id`, `sha256`, `kind`),
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `reference_uploads_created_ix` ON `reference_uploads` (`created_at`);