CREATE TABLE "loop_runs" (
	"name" text PRIMARY KEY NOT NULL,
	"instance_id" text NOT NULL,
	"started_at" bigint NOT NULL,
	"duration_ms" integer NOT NULL,
	"next_at" bigint NOT NULL,
	"error_at" bigint,
	"error" text
);
--> statement-breakpoint
CREATE TABLE "usage_hours" (
	"dimension" text NOT NULL,
	"hour" bigint NOT NULL,
	"value" text NOT NULL,
	"kind" text NOT NULL,
	"metric" text NOT NULL,
	"amount" bigint NOT NULL,
	CONSTRAINT "usage_hours_dimension_hour_value_kind_metric_pk" PRIMARY KEY("dimension","hour","value","kind","metric")
);
--> statement-breakpoint
ALTER TABLE "jobs" ADD COLUMN "usage_due" boolean DEFAULT true NOT NULL;--> statement-breakpoint
ALTER TABLE "jobs" ADD COLUMN "usage_counted" jsonb;--> statement-breakpoint
ALTER TABLE "request_logs" ADD COLUMN "source" text;--> statement-breakpoint
CREATE INDEX "usage_hours_hour_ix" ON "usage_hours" USING btree ("hour");--> statement-breakpoint
CREATE INDEX "jobs_request_ix" ON "jobs" USING btree ("request_id");--> statement-breakpoint
CREATE INDEX "jobs_usage_due_ix" ON "jobs" USING btree ("usage_due","ended_at");