DELETE FROM "request_logs" AS doubled USING (SELECT "request_id", min("id") AS "kept" FROM "request_logs" GROUP BY "request_id" HAVING count(*) > 1) AS kept WHERE doubled."request_id" = kept."request_id" AND doubled."id" <> kept."kept";--> statement-breakpoint
DROP INDEX "request_logs_request_ix";--> statement-breakpoint
ALTER TABLE "jobs" ADD COLUMN "request_source" text;--> statement-breakpoint
ALTER TABLE "upstream_calls" ADD COLUMN "entry_id" text;--> statement-breakpoint
CREATE INDEX "jobs_ended_ix" ON "jobs" USING btree ("ended_at");--> statement-breakpoint
CREATE UNIQUE INDEX "request_logs_request_uq" ON "request_logs" USING btree ("request_id");--> statement-breakpoint
CREATE UNIQUE INDEX "upstream_calls_entry_uq" ON "upstream_calls" USING btree ("entry_id");