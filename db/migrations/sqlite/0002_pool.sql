CREATE TABLE `account_days` (
	`account_id` text NOT NULL,
	`day` text NOT NULL,
	`images` integer DEFAULT 0 NOT NULL,
	`videos` integer DEFAULT 0 NOT NULL,
	`errors` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`account_id`, `day`),
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `audit_entries` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`at` integer NOT NULL,
	`administrator_id` text,
	`administrator` text,
	`action` text NOT NULL,
	`object` text,
	`detail` text NOT NULL,
	`request_id` text,
	`address` text
);
--> statement-breakpoint
CREATE INDEX `audit_entries_at_ix` ON `audit_entries` (`at`);--> statement-breakpoint
CREATE TABLE `health_changes` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`account_id` text NOT NULL,
	`at` integer NOT NULL,
	`before` text NOT NULL,
	`after` text NOT NULL,
	`reason` text,
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `health_changes_account_ix` ON `health_changes` (`account_id`,`at`);--> statement-breakpoint
CREATE TABLE `key_days` (
	`api_key_id` text NOT NULL,
	`day` text NOT NULL,
	`requests` integer DEFAULT 0 NOT NULL,
	`images` integer DEFAULT 0 NOT NULL,
	`videos` integer DEFAULT 0 NOT NULL,
	`credits` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`api_key_id`, `day`),
	FOREIGN KEY (`api_key_id`) REFERENCES `api_keys`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `rate_counters` (
	`key` text PRIMARY KEY NOT NULL,
	`points` integer NOT NULL,
	`expire` integer
);
--> statement-breakpoint
CREATE TABLE `samples` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`name` text NOT NULL,
	`scope` text NOT NULL,
	`at` integer NOT NULL,
	`value` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `samples_name_ix` ON `samples` (`name`,`scope`,`at`);--> statement-breakpoint
CREATE TABLE `tasks` (
	`id` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`state` text NOT NULL,
	`input_sealed` text,
	`total` integer NOT NULL,
	`done` integer DEFAULT 0 NOT NULL,
	`results` text NOT NULL,
	`stop_requested_at` integer,
	`lease_owner` text,
	`lease_until` integer,
	`created_at` integer NOT NULL,
	`ended_at` integer
);
--> statement-breakpoint
CREATE INDEX `tasks_state_ix` ON `tasks` (`state`);--> statement-breakpoint
CREATE TABLE `upstream_calls` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`job_id` text NOT NULL,
	`account_id` text,
	`at` integer NOT NULL,
	`duration_ms` integer NOT NULL,
	`method` text NOT NULL,
	`host` text NOT NULL,
	`path` text NOT NULL,
	`status` integer,
	`proxied` integer NOT NULL,
	`error` text,
	`request` text,
	`response` text
);
--> statement-breakpoint
CREATE INDEX `upstream_calls_job_ix` ON `upstream_calls` (`job_id`,`id`);--> statement-breakpoint
CREATE INDEX `upstream_calls_at_ix` ON `upstream_calls` (`at`);--> statement-breakpoint
ALTER TABLE `accounts` ADD `disabled_at` integer;--> statement-breakpoint
ALTER TABLE `accounts` ADD `session_token_replaced_at` integer;--> statement-breakpoint
ALTER TABLE `api_keys` ADD `previous_hash` text;--> statement-breakpoint
ALTER TABLE `api_keys` ADD `previous_until` integer;--> statement-breakpoint
ALTER TABLE `api_keys` ADD `models` text;--> statement-breakpoint
ALTER TABLE `api_keys` ADD `media_types` text;--> statement-breakpoint
ALTER TABLE `api_keys` ADD `requests_per_minute` integer;--> statement-breakpoint
ALTER TABLE `api_keys` ADD `concurrent_jobs` integer;--> statement-breakpoint
ALTER TABLE `api_keys` ADD `images_per_day` integer;--> statement-breakpoint
ALTER TABLE `api_keys` ADD `videos_per_day` integer;--> statement-breakpoint
ALTER TABLE `api_keys` ADD `credits_per_day` integer;--> statement-breakpoint
CREATE INDEX `api_keys_previous_hash_ix` ON `api_keys` (`previous_hash`);--> statement-breakpoint
ALTER TABLE `jobs` ADD `counted_day` text;--> statement-breakpoint
ALTER TABLE `request_logs` ADD `request_body` text;--> statement-breakpoint
ALTER TABLE `request_logs` ADD `response_body` text;--> statement-breakpoint
ALTER TABLE `sessions` ADD `last_seen_at` integer;--> statement-breakpoint
ALTER TABLE `sessions` ADD `address` text;--> statement-breakpoint
ALTER TABLE `sessions` ADD `user_agent` text;