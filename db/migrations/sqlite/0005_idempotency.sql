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
CREATE INDEX `idempotency_records_hash_ix` ON `idempotency_records` (`api_key_id`,`body_hash`);