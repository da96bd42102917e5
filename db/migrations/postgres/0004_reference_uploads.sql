CREATE TABLE "reference_uploads" (
	"account_id" text NOT NULL,
	"project_id" text NOT NULL,
	"sha256" text NOT NULL,
	"kind" text NOT NULL,
	"upstream_name" text NOT NULL,
	"created_at" bigint NOT NULL,
	"used_at" bigint NOT NULL,
	CONSTRAINT "reference_uploads_account_id_project_id_sha256_kind_pk" PRIMARY KEY("account_id","project_id","sha256","kind")
);
--> statement-breakpoint
ALTER TABLE "reference_uploads" ADD CONSTRAINT "reference_uploads_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "reference_uploads_created_ix" ON "reference_uploads" USING btree ("created_at");