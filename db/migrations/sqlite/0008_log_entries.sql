DELETE FROM `request_logs` WHERE `id` NOT IN (SELECT min(`id`) FROM `request_logs` GROUP BY `request_id`);--> statement-breakpoint
DROP INDEX `request_logs_request_ix`;--> statement-breakpoint
CREATE UNIQUE INDEX `request_logs_request_uq` ON `request_logs` (`request_id`);--> statement-breakpoint
ALTER TABLE `jobs` ADD `request_source` text;--> statement-breakpoint
CREATE INDEX `jobs_ended_ix` ON `jobs` (`ended_at`);--> statement-breakpoint
ALTER TABLE `upstream_calls` ADD `entry_id` text;--> statement-breakpoint
CREATE UNIQUE INDEX `upstream_calls_entry_uq` ON `upstream_calls` (`entry_id`);