CREATE TABLE `accounts` (
	`id` text PRIMARY KEY NOT NULL,
	`upstream` text NOT NULL,
	`email` text NOT NULL,
	`name` text,
	`remark` text,
	`session_token_sealed` text,
	`session_token_hash` text,
	`access_token_sealed` text,
	`access_token_issued_at` integer,
	`access_token_expires_at` integer,
	`proxy_url_sealed` text,
	`tier` text NOT NULL,
	`credits` integer,
	`credits_checked_at` integer,
	`project_id` text,
	`project_name` text,
	`enabled` integer DEFAULT true NOT NULL,
	`image_enabled` integer DEFAULT true NOT NULL,
	`video_enabled` integer DEFAULT true NOT NULL,
	`image_concurrency` integer,
	`video_concurrency` integer,
	`error_streak` integer DEFAULT 0 NOT NULL,
	`last_error_at` integer,
	`last_error_code` text,
	`banned_at` integer,
	`ban_reason` text,
	`expired_at` integer,
	`expired_reason` text,
	`cooldown_until` integer,
	`cooldown_reason` text,
	`blocks` text NOT NULL,
	`image_count` integer DEFAULT 0 NOT NULL,
	`video_count` integer DEFAULT 0 NOT NULL,
	`error_count` integer DEFAULT 0 NOT NULL,
	`last_used_at` integer,
	`last_success_at` integer,
	`removed_at` integer,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `accounts_session_token_hash_uq` ON `accounts` (`session_token_hash`);--> statement-breakpoint
CREATE INDEX `accounts_email_ix` ON `accounts` (`email`);--> statement-breakpoint
CREATE TABLE `administrators` (
	`id` text PRIMARY KEY NOT NULL,
	`username` text NOT NULL,
	`password_hash` text NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `administrators_username_uq` ON `administrators` (`username`);--> statement-breakpoint
CREATE TABLE `api_keys` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`hash` text NOT NULL,
	`hint` text NOT NULL,
	`enabled` integer DEFAULT true NOT NULL,
	`expires_at` integer,
	`last_used_at` integer,
	`last_served_at` integer,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `api_keys_hash_uq` ON `api_keys` (`hash`);--> statement-breakpoint
CREATE UNIQUE INDEX `api_keys_name_uq` ON `api_keys` (`name`);--> statement-breakpoint
CREATE TABLE `job_inputs` (
	`job_id` text NOT NULL,
	`position` integer NOT NULL,
	`storage_key` text NOT NULL,
	`content_type` text NOT NULL,
	`size_bytes` integer NOT NULL,
	`width` integer NOT NULL,
	`height` integer NOT NULL,
	`sha256` text NOT NULL,
	PRIMARY KEY(`job_id`, `position`),
	FOREIGN KEY (`job_id`) REFERENCES `jobs`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `job_steps` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`job_id` text NOT NULL,
	`name` text NOT NULL,
	`detail` text NOT NULL,
	`started_at` integer NOT NULL,
	`ended_at` integer,
	FOREIGN KEY (`job_id`) REFERENCES `jobs`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `job_steps_job_ix` ON `job_steps` (`job_id`,`id`);--> statement-breakpoint
CREATE TABLE `jobs` (
	`id` text PRIMARY KEY NOT NULL,
	`api_key_id` text,
	`request_id` text,
	`state` text NOT NULL,
	`step` text,
	`kind` text NOT NULL,
	`model` text NOT NULL,
	`spec_id` text NOT NULL,
	`spec` text NOT NULL,
	`need` text NOT NULL,
	`prompt` text NOT NULL,
	`seed` integer,
	`source` text,
	`account_id` text,
	`account_email` text,
	`project_id` text,
	`tier` text,
	`occupies` integer DEFAULT false NOT NULL,
	`attempts` integer DEFAULT 0 NOT NULL,
	`avoid` text NOT NULL,
	`uploads` text NOT NULL,
	`intent` text,
	`handle` text,
	`outcome` text,
	`base` text,
	`credits` integer DEFAULT 0 NOT NULL,
	`progress` integer,
	`expected_ms` integer,
	`error` text,
	`lease_owner` text,
	`lease_until` integer,
	`available_at` integer NOT NULL,
	`deadline_at` integer NOT NULL,
	`cancel_requested_at` integer,
	`started_at` integer,
	`accepted_at` integer,
	`ended_at` integer,
	`created_at` integer NOT NULL,
	`revision` integer DEFAULT 0 NOT NULL,
	FOREIGN KEY (`api_key_id`) REFERENCES `api_keys`(`id`) ON UPDATE no action ON DELETE set null,
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE set null
);
--> statement-breakpoint
CREATE INDEX `jobs_queue_ix` ON `jobs` (`state`,`api_key_id`,`need`,`created_at`);--> statement-breakpoint
CREATE INDEX `jobs_occupying_ix` ON `jobs` (`account_id`,`occupies`,`kind`);--> statement-breakpoint
CREATE INDEX `jobs_history_ix` ON `jobs` (`spec_id`,`state`,`ended_at`);--> statement-breakpoint
CREATE INDEX `jobs_created_ix` ON `jobs` (`created_at`);--> statement-breakpoint
CREATE TABLE `leases` (
	`name` text PRIMARY KEY NOT NULL,
	`owner` text NOT NULL,
	`until` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `media` (
	`id` text PRIMARY KEY NOT NULL,
	`job_id` text,
	`api_key_id` text,
	`kind` text NOT NULL,
	`role` text NOT NULL,
	`content_type` text NOT NULL,
	`extension` text NOT NULL,
	`storage_key` text,
	`upstream_url` text,
	`size_bytes` integer,
	`sha256` text,
	`width` integer,
	`height` integer,
	`duration_seconds` integer,
	`account_id` text,
	`account_email` text,
	`project_id` text,
	`upstream_name` text,
	`workflow_id` text,
	`kept` integer DEFAULT false NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`job_id`) REFERENCES `jobs`(`id`) ON UPDATE no action ON DELETE set null,
	FOREIGN KEY (`api_key_id`) REFERENCES `api_keys`(`id`) ON UPDATE no action ON DELETE set null
);
--> statement-breakpoint
CREATE INDEX `media_job_ix` ON `media` (`job_id`);--> statement-breakpoint
CREATE INDEX `media_created_ix` ON `media` (`created_at`);--> statement-breakpoint
CREATE TABLE `meta` (
	`key` text PRIMARY KEY NOT NULL,
	`value` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `projects` (
	`id` text PRIMARY KEY NOT NULL,
	`account_id` text NOT NULL,
	`upstream_id` text NOT NULL,
	`title` text NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `projects_account_upstream_uq` ON `projects` (`account_id`,`upstream_id`);--> statement-breakpoint
CREATE TABLE `request_logs` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`request_id` text NOT NULL,
	`at` integer NOT NULL,
	`method` text NOT NULL,
	`path` text NOT NULL,
	`status` integer NOT NULL,
	`duration_ms` integer NOT NULL,
	`api_key_id` text,
	`job_id` text,
	`model` text,
	`error_code` text,
	`error_message` text,
	`client` text,
	`user_agent` text
);
--> statement-breakpoint
CREATE INDEX `request_logs_at_ix` ON `request_logs` (`at`);--> statement-breakpoint
CREATE INDEX `request_logs_request_ix` ON `request_logs` (`request_id`);--> statement-breakpoint
CREATE TABLE `sessions` (
	`id` text PRIMARY KEY NOT NULL,
	`administrator_id` text NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	FOREIGN KEY (`administrator_id`) REFERENCES `administrators`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `sessions_expires_ix` ON `sessions` (`expires_at`);--> statement-breakpoint
CREATE TABLE `settings` (
	`key` text PRIMARY KEY NOT NULL,
	`value` text NOT NULL,
	`version` integer DEFAULT 1 NOT NULL,
	`updated_at` integer NOT NULL
);
