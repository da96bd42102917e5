CREATE TABLE `idempotency_records` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`api_key_id` text NOT NULL,
	`route` text NOT NULL,
	`key` text,
	`body_hash` text NOT NULL,
	`retry_count` integer NOT NULL,
	`job_ids` text NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`api_key_id`) REFERENCES `api_keys`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `idempotency_records_key_uq` ON `idempotency_records` (`api_key_id`,`route`,`key`);--> statement-breakpoint
CREATE INDEX `idempotency_records_hash_ix` ON `idempotency_records` (`api_key_id`,`body_hash`);--> statement-breakpoint
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
CREATE INDEX `reference_uploads_created_ix` ON `reference_uploads` (`created_at`);--> statement-breakpoint
ALTER TABLE `jobs` ADD `hidden_at` integer;--> statement-breakpoint
CREATE INDEX `jobs_owner_ix` ON `jobs` (`api_key_id`,`kind`,`created_at`,`id`);--> statement-breakpoint
ALTER TABLE `media` ADD `preview_key` text;--> statement-breakpoint
ALTER TABLE `media` ADD `preview_bytes` integer;--> statement-breakpoint
ALTER TABLE `media` ADD `read_until` integer;--> statement-breakpoint
CREATE INDEX `media_storage_ix` ON `media` (`storage_key`) WHERE "media"."storage_key" is not null;--> statement-breakpoint
CREATE INDEX `media_preview_ix` ON `media` (`preview_key`) WHERE "media"."preview_key" is not null;--> statement-breakpoint
CREATE INDEX `media_removable_ix` ON `media` (`created_at`,`id`) WHERE "media"."storage_key" is not null;--> statement-breakpoint
ALTER TABLE `request_logs` ADD `side_request` text;--> statement-breakpoint
CREATE INDEX `job_inputs_storage_ix` ON `job_inputs` (`storage_key`);