ALTER TABLE `administrators` ADD `must_change_password` integer DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE `sessions` ADD `password_confirmed_at` integer;