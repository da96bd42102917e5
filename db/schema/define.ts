import { sql } from 'drizzle-orm';
import type { Kit } from './columns';

/** Why an account is left out for one kind of media or one model. `until` absent: ended by hand only. */
export type AccountBlock = {
  /** `image`, `video`, or an upstream key. */
  scope: string;
  reason: string;
  /** Milliseconds since the epoch. */
  until?: number;
};

/** By which surface a request came. */
export type RequestSource = 'openai' | 'gemini' | 'playground' | 'seed' | 'console';

/** One number to be added to `usage_hours`. */
export type UsageAmount = {
  dimension: 'model' | 'account' | 'key' | 'day';
  /** Milliseconds since the epoch, start of the hour. */
  hour: number;
  value: string;
  kind: 'image' | 'video' | '';
  metric: string;
  amount: number;
};

/** Every table, once. Both dialects are made from it; a test compares what the two make. */
export function defineSchema(kit: Kit) {
  const accounts = kit.table(
    'accounts',
    {
      id: kit.id('id'),
      /** `flow` or `gemini`. */
      upstream: kit.text('upstream').notNull(),
      email: kit.text('email').notNull(),
      name: kit.text('name'),
      remark: kit.text('remark'),
      sessionTokenSealed: kit.text('session_token_sealed'),
      /** Keyed hash: finds a duplicate without opening any. */
      sessionTokenHash: kit.text('session_token_hash'),
      accessTokenSealed: kit.text('access_token_sealed'),
      accessTokenIssuedAt: kit.instant('access_token_issued_at'),
      accessTokenExpiresAt: kit.instant('access_token_expires_at'),
      proxyUrlSealed: kit.text('proxy_url_sealed'),
      tier: kit.text('tier').$type<'free' | 'pro' | 'ultra'>().notNull(),
      credits: kit.int('credits'),
      creditsCheckedAt: kit.instant('credits_checked_at'),
      projectId: kit.text('project_id'),
      projectName: kit.text('project_name'),
      enabled: kit.bool('enabled').notNull().default(true),
      imageEnabled: kit.bool('image_enabled').notNull().default(true),
      videoEnabled: kit.bool('video_enabled').notNull().default(true),
      /** Null: unlimited. */
      imageConcurrency: kit.int('image_concurrency'),
      videoConcurrency: kit.int('video_concurrency'),
      errorStreak: kit.int('error_streak').notNull().default(0),
      lastErrorAt: kit.instant('last_error_at'),
      lastErrorCode: kit.text('last_error_code'),
      bannedAt: kit.instant('banned_at'),
      banReason: kit.text('ban_reason'),
      expiredAt: kit.instant('expired_at'),
      expiredReason: kit.text('expired_reason'),
      /** Since when no access token could be had, though nothing says that the session has ended; null: the last exchange went well. */
      refreshFailingSince: kit.instant('refresh_failing_since'),
      /** Exchanges in a row that failed so: the pause before the next one grows with them. */
      refreshFailures: kit.int('refresh_failures').notNull().default(0),
      /** When the last of them did. */
      refreshFailedAt: kit.instant('refresh_failed_at'),
      cooldownUntil: kit.instant('cooldown_until'),
      cooldownReason: kit.text('cooldown_reason'),
      blocks: kit.json<AccountBlock[]>('blocks').notNull(),
      imageCount: kit.int('image_count').notNull().default(0),
      videoCount: kit.int('video_count').notNull().default(0),
      errorCount: kit.int('error_count').notNull().default(0),
      lastUsedAt: kit.instant('last_used_at'),
      lastSuccessAt: kit.instant('last_success_at'),
      disabledAt: kit.instant('disabled_at'),
      sessionTokenReplacedAt: kit.instant('session_token_replaced_at'),
      /** Set while the last running jobs of a removed account end. */
      removedAt: kit.instant('removed_at'),
      createdAt: kit.instant('created_at').notNull(),
      updatedAt: kit.instant('updated_at').notNull(),
    },
    (table) => [
      kit.unique('accounts_session_token_hash_uq').on(table.sessionTokenHash),
      kit.index('accounts_email_ix').on(table.email),
    ],
  );

  const projects = kit.table(
    'projects',
    {
      id: kit.id('id'),
      accountId: kit
        .text('account_id')
        .notNull()
        .references(() => accounts.id, { onDelete: 'cascade' }),
      /** The upstream's own id. */
      upstreamId: kit.text('upstream_id').notNull(),
      title: kit.text('title').notNull(),
      createdAt: kit.instant('created_at').notNull(),
    },
    (table) => [kit.unique('projects_account_upstream_uq').on(table.accountId, table.upstreamId)],
  );

  const apiKeys = kit.table(
    'api_keys',
    {
      id: kit.id('id'),
      name: kit.text('name').notNull(),
      hash: kit.text('hash').notNull(),
      /** First and last characters, for people. */
      hint: kit.text('hint').notNull(),
      enabled: kit.bool('enabled').notNull().default(true),
      expiresAt: kit.instant('expires_at'),
      /** The value before the last rotation, which works until `previousUntil`. */
      previousHash: kit.text('previous_hash'),
      previousUntil: kit.instant('previous_until'),
      /** Model ids that may be asked for; null: all. */
      models: kit.json<string[]>('models'),
      /** Null: both. */
      mediaTypes: kit.json<('image' | 'video')[]>('media_types'),
      /** Limits; null: none. */
      requestsPerMinute: kit.int('requests_per_minute'),
      concurrentJobs: kit.int('concurrent_jobs'),
      imagesPerDay: kit.int('images_per_day'),
      videosPerDay: kit.int('videos_per_day'),
      creditsPerDay: kit.int('credits_per_day'),
      lastUsedAt: kit.instant('last_used_at'),
      /** When the queue last gave this key a turn: the order of the round. */
      lastServedAt: kit.instant('last_served_at'),
      createdAt: kit.instant('created_at').notNull(),
    },
    (table) => [
      kit.unique('api_keys_hash_uq').on(table.hash),
      kit.unique('api_keys_name_uq').on(table.name),
      kit.index('api_keys_previous_hash_ix').on(table.previousHash),
    ],
  );

  const jobs = kit.table(
    'jobs',
    {
      id: kit.id('id'),
      apiKeyId: kit.text('api_key_id').references(() => apiKeys.id, { onDelete: 'set null' }),
      requestId: kit.text('request_id'),
      /** Which surface its request came by; null in rows of releases that did not keep it. */
      requestSource: kit.text('request_source').$type<RequestSource>(),
      state: kit.text('state').$type<'queued' | 'running' | 'completed' | 'failed' | 'cancelled'>().notNull(),
      /** The step under way; its history is in `job_steps`. */
      step: kit.text('step'),
      kind: kit.text('kind').$type<'image' | 'video'>().notNull(),
      /** The id as the client sent it. */
      model: kit.text('model').notNull(),
      /** Id of what it resolved to: history and estimates go by it. */
      specId: kit.text('spec_id').notNull(),
      /** `ModelSpec` as resolved at submission. */
      spec: kit.json<unknown>('spec').notNull(),
      /** Jobs with the same value can be served by the same accounts: what the queue groups by. */
      need: kit.text('need').notNull(),
      prompt: kit.text('prompt').notNull(),
      /** Seed the client asked for. */
      seed: kit.int('seed'),
      /** An earlier video to extend: `{ mediaName, projectId, accountId, workflowId, aspectRatio, parts }`. */
      source: kit.json<unknown>('source'),
      /** The only account that may serve it, where somebody chose one. No reference: a job outlives its account. */
      pinnedTo: kit.text('pinned_to'),

      accountId: kit.text('account_id').references(() => accounts.id, { onDelete: 'set null' }),
      /** Kept when the account is gone. */
      accountEmail: kit.text('account_email'),
      projectId: kit.text('project_id'),
      tier: kit.text('tier').$type<'free' | 'pro' | 'ultra'>(),
      /** True from taking a slot until upstream is known to have ended: what the limits count. */
      occupies: kit.bool('occupies').notNull().default(false),
      attempts: kit.int('attempts').notNull().default(0),
      /** Accounts that refused this job before acceptance. */
      avoid: kit.json<string[]>('avoid').notNull(),
      /** Media ids upstream gave the references, by position, on the chosen account. */
      uploads: kit.json<string[]>('uploads').notNull(),
      /** What was about to be submitted, written before it was. */
      intent: kit.json<unknown>('intent'),
      /** The upstream's handle, written right after. */
      handle: kit.json<unknown>('handle'),
      /** How the upstream ended: what `run` goes on from. */
      outcome: kit.json<unknown>('outcome'),
      /** What the first phase made, where an upscale or a join follows. */
      base: kit.json<unknown>('base'),
      /** Credits charged so far. */
      credits: kit.int('credits').notNull().default(0),
      /** Percent that upstream gave; null where it gives none. */
      progress: kit.int('progress'),
      /** How long this is expected to take from its start to its end, from this gateway's own history. */
      expectedMs: kit.big('expected_ms'),
      error: kit.json<unknown>('error'),

      leaseOwner: kit.text('lease_owner'),
      leaseUntil: kit.instant('lease_until'),
      /** Not to be looked at before. */
      availableAt: kit.instant('available_at').notNull(),
      deadlineAt: kit.instant('deadline_at').notNull(),
      cancelRequestedAt: kit.instant('cancel_requested_at'),
      startedAt: kit.instant('started_at'),
      acceptedAt: kit.instant('accepted_at'),
      endedAt: kit.instant('ended_at'),
      /** The day (of `key_days`) that this job was counted on; null: not counted for a key. */
      countedDay: kit.text('counted_day'),
      /** When its owner deleted it: the video routes know it no more, everything else does. */
      hiddenAt: kit.instant('hidden_at'),
      /** True until its end is in `usage_hours`, and again when it ended otherwise than counted. */
      usageDue: kit.bool('usage_due').notNull().default(true),
      /** What was counted of an end that can be taken back, to be taken back with it. */
      usageCounted: kit.json<UsageAmount[]>('usage_counted'),
      createdAt: kit.instant('created_at').notNull(),
      /** Rises with every change of the row: what watchers compare. */
      revision: kit.int('revision').notNull().default(0),
    },
    (table) => [
      kit.index('jobs_queue_ix').on(table.state, table.apiKeyId, table.need, table.createdAt),
      kit.index('jobs_occupying_ix').on(table.accountId, table.occupies, table.kind),
      kit.index('jobs_history_ix').on(table.specId, table.state, table.endedAt),
      kit.index('jobs_created_ix').on(table.createdAt),
      kit.index('jobs_owner_ix').on(table.apiKeyId, table.kind, table.createdAt, table.id),
      kit.index('jobs_request_ix').on(table.requestId),
      kit.index('jobs_usage_due_ix').on(table.usageDue, table.endedAt),
      kit.index('jobs_ended_ix').on(table.endedAt),
    ],
  );

  const jobSteps = kit.table(
    'job_steps',
    {
      id: kit.sequence('id'),
      jobId: kit
        .text('job_id')
        .notNull()
        .references(() => jobs.id, { onDelete: 'cascade' }),
      name: kit.text('name').notNull(),
      detail: kit.json<Record<string, unknown>>('detail').notNull(),
      startedAt: kit.instant('started_at').notNull(),
      endedAt: kit.instant('ended_at'),
    },
    (table) => [kit.index('job_steps_job_ix').on(table.jobId, table.id)],
  );

  const jobInputs = kit.table(
    'job_inputs',
    {
      jobId: kit
        .text('job_id')
        .notNull()
        .references(() => jobs.id, { onDelete: 'cascade' }),
      position: kit.int('position').notNull(),
      storageKey: kit.text('storage_key').notNull(),
      contentType: kit.text('content_type').notNull(),
      sizeBytes: kit.big('size_bytes').notNull(),
      width: kit.int('width').notNull(),
      height: kit.int('height').notNull(),
      sha256: kit.text('sha256').notNull(),
    },
    (table) => [
      kit.primaryKey({ columns: [table.jobId, table.position] }),
      kit.index('job_inputs_storage_ix').on(table.storageKey),
    ],
  );

  /** One request that made jobs: what a later request is compared with to see whether it is the same again. */
  const idempotencyRecords = kit.table(
    'idempotency_records',
    {
      id: kit.sequence('id'),
      apiKeyId: kit
        .text('api_key_id')
        .notNull()
        .references(() => apiKeys.id, { onDelete: 'cascade' }),
      route: kit.text('route').notNull(),
      /** `Idempotency-Key`; null where the client sent none. */
      key: kit.text('key'),
      bodyHash: kit.text('body_hash').notNull(),
      /** The highest attempt that these jobs have answered, counted from 0. */
      retryCount: kit.int('retry_count').notNull(),
      /** In the order of the answer. */
      jobIds: kit.json<string[]>('job_ids').notNull(),
      createdAt: kit.instant('created_at').notNull(),
    },
    (table) => [
      // Null differs from null, on both dialects: requests without a key are not kept from being the same.
      kit.unique('idempotency_records_key_uq').on(table.apiKeyId, table.route, table.key),
      kit.index('idempotency_records_hash_ix').on(table.apiKeyId, table.bodyHash),
    ],
  );

  /** One press of the playground's button: its id is the browser's, so that a second press finds the first. */
  const playgroundRuns = kit.table(
    'playground_runs',
    {
      id: kit.id('id'),
      requestId: kit.text('request_id').notNull(),
      /** In the order of the outputs. */
      jobIds: kit.json<string[]>('job_ids').notNull(),
      /** What was chosen in the form, to be chosen again. */
      form: kit.json<unknown>('form').notNull(),
      createdAt: kit.instant('created_at').notNull(),
    },
    (table) => [kit.index('playground_runs_created_ix').on(table.createdAt, table.id)],
  );

  const media = kit.table(
    'media',
    {
      id: kit.id('id'),
      jobId: kit.text('job_id').references(() => jobs.id, { onDelete: 'set null' }),
      apiKeyId: kit.text('api_key_id').references(() => apiKeys.id, { onDelete: 'set null' }),
      kind: kit.text('kind').$type<'image' | 'video'>().notNull(),
      /** `result`, or `base`: what was made before an upscale that failed, or the new clip within a joined video. */
      role: kit.text('role').$type<'result' | 'base'>().notNull(),
      contentType: kit.text('content_type').notNull(),
      extension: kit.text('extension').notNull(),
      /** Null where storing is off: then only `upstreamUrl` exists. */
      storageKey: kit.text('storage_key'),
      upstreamUrl: kit.text('upstream_url'),
      sizeBytes: kit.big('size_bytes'),
      sha256: kit.text('sha256'),
      width: kit.int('width'),
      height: kit.int('height'),
      durationSeconds: kit.int('duration_seconds'),
      /** Where it lives upstream: needed to extend or upscale it later. */
      accountId: kit.text('account_id'),
      accountEmail: kit.text('account_email'),
      projectId: kit.text('project_id'),
      upstreamName: kit.text('upstream_name'),
      workflowId: kit.text('workflow_id'),
      kept: kit.bool('kept').notNull().default(false),
      /** When it stopped being kept: it stays a few minutes longer, so that this can be undone. */
      releasedAt: kit.instant('released_at'),
      /** When the operator deleted it, as told from what has only reached the end of its time. */
      deletedAt: kit.instant('deleted_at'),
      /** The picture that this is another kind of file of: it is kept and deleted with it. */
      copyOf: kit.text('copy_of'),
      /** The small picture beside the file: a frame of a video, a reduced copy of a picture. Null: not made. */
      previewKey: kit.text('preview_key'),
      previewBytes: kit.big('preview_bytes'),
      /** Until when some process may be sending the file; written only where several processes share the store. */
      readUntil: kit.instant('read_until'),
      createdAt: kit.instant('created_at').notNull(),
    },
    (table) => [
      kit.index('media_job_ix').on(table.jobId),
      kit.index('media_created_ix').on(table.createdAt),
      kit.index('media_upstream_ix').on(table.upstreamName),
      // Most rows outlive their file, and only some have a preview.
      kit.index('media_storage_ix').on(table.storageKey).where(sql`${table.storageKey} is not null`),
      kit.index('media_preview_ix').on(table.previewKey).where(sql`${table.previewKey} is not null`),
      kit.index('media_copy_ix').on(table.copyOf).where(sql`${table.copyOf} is not null`),
      kit
        .index('media_removable_ix')
        .on(table.createdAt, table.id)
        .where(sql`${table.storageKey} is not null`),
    ],
  );

  /** Pictures that upstream has already, so that none is uploaded twice into one project. */
  const referenceUploads = kit.table(
    'reference_uploads',
    {
      accountId: kit
        .text('account_id')
        .notNull()
        .references(() => accounts.id, { onDelete: 'cascade' }),
      /** The upstream's own id. */
      projectId: kit.text('project_id').notNull(),
      sha256: kit.text('sha256').notNull(),
      /** What it was uploaded for. */
      kind: kit.text('kind').$type<'image' | 'video'>().notNull(),
      /** What upstream calls it. */
      upstreamName: kit.text('upstream_name').notNull(),
      createdAt: kit.instant('created_at').notNull(),
      usedAt: kit.instant('used_at').notNull(),
    },
    (table) => [
      kit.primaryKey({ columns: [table.accountId, table.projectId, table.sha256, table.kind] }),
      kit.index('reference_uploads_created_ix').on(table.createdAt),
    ],
  );

  const requestLogs = kit.table(
    'request_logs',
    {
      id: kit.sequence('id'),
      requestId: kit.text('request_id').notNull(),
      at: kit.instant('at').notNull(),
      method: kit.text('method').notNull(),
      path: kit.text('path').notNull(),
      /** Which surface it came by; null in rows of releases that did not keep it. */
      source: kit.text('source').$type<RequestSource>(),
      status: kit.int('status').notNull(),
      durationMs: kit.int('duration_ms').notNull(),
      apiKeyId: kit.text('api_key_id'),
      jobId: kit.text('job_id'),
      model: kit.text('model'),
      /** What a chat app asked beside its user, where that was answered with text, e.g. `title`. */
      sideRequest: kit.text('side_request'),
      errorCode: kit.text('error_code'),
      errorMessage: kit.text('error_message'),
      client: kit.text('client'),
      userAgent: kit.text('user_agent'),
      /** Redacted, and only when the setting says so. */
      requestBody: kit.json<unknown>('request_body'),
      responseBody: kit.json<unknown>('response_body'),
    },
    (table) => [
      kit.index('request_logs_at_ix').on(table.at),
      // A row that is written again, since nobody knew whether it was, stays one row.
      kit.unique('request_logs_request_uq').on(table.requestId),
    ],
  );

  const settings = kit.table('settings', {
    key: kit.id('key'),
    value: kit.json<unknown>('value').notNull(),
    version: kit.int('version').notNull().default(1),
    updatedAt: kit.instant('updated_at').notNull(),
  });

  const leases = kit.table('leases', {
    name: kit.id('name'),
    owner: kit.text('owner').notNull(),
    until: kit.instant('until').notNull(),
  });

  const administrators = kit.table(
    'administrators',
    {
      id: kit.id('id'),
      username: kit.text('username').notNull(),
      passwordHash: kit.text('password_hash').notNull(),
      /** The password came from an old file and is weak: nothing opens before it is another. */
      mustChangePassword: kit.bool('must_change_password').notNull().default(false),
      createdAt: kit.instant('created_at').notNull(),
    },
    (table) => [kit.unique('administrators_username_uq').on(table.username)],
  );

  const sessions = kit.table(
    'sessions',
    {
      id: kit.id('id'),
      administratorId: kit
        .text('administrator_id')
        .notNull()
        .references(() => administrators.id, { onDelete: 'cascade' }),
      createdAt: kit.instant('created_at').notNull(),
      expiresAt: kit.instant('expires_at').notNull(),
      lastSeenAt: kit.instant('last_seen_at'),
      address: kit.text('address'),
      userAgent: kit.text('user_agent'),
      /** When the password was last entered again in it: secrets are shown for a while after that. */
      passwordConfirmedAt: kit.instant('password_confirmed_at'),
    },
    (table) => [kit.index('sessions_expires_ix').on(table.expiresAt)],
  );

  /** What each account did on a day (`YYYY-MM-DD` in the configured time zone). */
  const accountDays = kit.table(
    'account_days',
    {
      accountId: kit
        .text('account_id')
        .notNull()
        .references(() => accounts.id, { onDelete: 'cascade' }),
      day: kit.text('day').notNull(),
      images: kit.int('images').notNull().default(0),
      videos: kit.int('videos').notNull().default(0),
      errors: kit.int('errors').notNull().default(0),
    },
    (table) => [kit.primaryKey({ columns: [table.accountId, table.day] })],
  );

  /** What each API key used on a day (`YYYY-MM-DD` in the configured time zone): limits and `GET /v1/usage` read it. */
  const keyDays = kit.table(
    'key_days',
    {
      apiKeyId: kit
        .text('api_key_id')
        .notNull()
        .references(() => apiKeys.id, { onDelete: 'cascade' }),
      day: kit.text('day').notNull(),
      requests: kit.int('requests').notNull().default(0),
      images: kit.int('images').notNull().default(0),
      videos: kit.int('videos').notNull().default(0),
      credits: kit.int('credits').notNull().default(0),
    },
    (table) => [kit.primaryKey({ columns: [table.apiKeyId, table.day] })],
  );

  /** What is counted for a while: requests of each API key in its minute where several processes serve it, tries to sign in. */
  const rateCounters = kit.table('rate_counters', {
    key: kit.id('key'),
    points: kit.int('points').notNull(),
    /** When the count is forgotten. */
    expire: kit.instant('expire'),
  });

  /** Every change of an account's health, for its history and for charts. */
  const healthChanges = kit.table(
    'health_changes',
    {
      id: kit.sequence('id'),
      accountId: kit
        .text('account_id')
        .notNull()
        .references(() => accounts.id, { onDelete: 'cascade' }),
      at: kit.instant('at').notNull(),
      before: kit.text('before').notNull(),
      after: kit.text('after').notNull(),
      reason: kit.text('reason'),
    },
    (table) => [kit.index('health_changes_account_ix').on(table.accountId, table.at)],
  );

  /** Numbers over time: `credits` of an account, `queued`, `in_flight_image`, `in_flight_video`. */
  const samples = kit.table(
    'samples',
    {
      id: kit.sequence('id'),
      name: kit.text('name').notNull(),
      /** An account id, or empty. */
      scope: kit.text('scope').notNull(),
      at: kit.instant('at').notNull(),
      value: kit.big('value').notNull(),
    },
    (table) => [kit.index('samples_name_ix').on(table.name, table.scope, table.at)],
  );

  /** What was used in each hour, along one dimension at a time: numbers that outlive the rows they were counted from. */
  const usageHours = kit.table(
    'usage_hours',
    {
      dimension: kit.text('dimension').$type<UsageAmount['dimension']>().notNull(),
      /** Start of the hour. */
      hour: kit.instant('hour').notNull(),
      /** Model as asked for (or `unknown`), id and email of the account, id of the key, day in the configured time zone; empty: none. */
      value: kit.text('value').notNull(),
      /** Empty where a request was refused before it was known. */
      kind: kit.text('kind').$type<UsageAmount['kind']>().notNull(),
      /** `succeeded`, `images`, `credits`, `error:<code>`, `ms:<bucket>` …: see `lib/usage/tally.ts`. */
      metric: kit.text('metric').notNull(),
      amount: kit.big('amount').notNull(),
    },
    (table) => [
      kit.primaryKey({ columns: [table.dimension, table.hour, table.value, table.kind, table.metric] }),
      kit.index('usage_hours_hour_ix').on(table.hour),
      // In the order in which sums are made, with all that they need: a report of a month reads nothing else.
      kit
        .index('usage_hours_sum_ix')
        .on(table.dimension, table.value, table.kind, table.metric, table.hour, table.amount),
    ],
  );

  /** The last run of each background loop of the installation, whichever process made it. */
  const loopRuns = kit.table('loop_runs', {
    name: kit.id('name'),
    instanceId: kit.text('instance_id').notNull(),
    startedAt: kit.instant('started_at').notNull(),
    durationMs: kit.int('duration_ms').notNull(),
    nextAt: kit.instant('next_at').notNull(),
    errorAt: kit.instant('error_at'),
    error: kit.text('error'),
  });

  /** The calls to upstream that a job made, redacted. */
  const upstreamCalls = kit.table(
    'upstream_calls',
    {
      id: kit.sequence('id'),
      /** Of its own: a row that is written again, since nobody knew whether it was, stays one row. Null in older rows. */
      entryId: kit.text('entry_id'),
      jobId: kit.text('job_id').notNull(),
      accountId: kit.text('account_id'),
      at: kit.instant('at').notNull(),
      durationMs: kit.int('duration_ms').notNull(),
      method: kit.text('method').notNull(),
      host: kit.text('host').notNull(),
      path: kit.text('path').notNull(),
      status: kit.int('status'),
      proxied: kit.bool('proxied').notNull(),
      error: kit.text('error'),
      request: kit.json<unknown>('request'),
      response: kit.json<unknown>('response'),
    },
    (table) => [
      kit.index('upstream_calls_job_ix').on(table.jobId, table.id),
      kit.index('upstream_calls_at_ix').on(table.at),
      kit.unique('upstream_calls_entry_uq').on(table.entryId),
    ],
  );

  /** Who changed what in the console or through its API. */
  const auditEntries = kit.table(
    'audit_entries',
    {
      id: kit.sequence('id'),
      at: kit.instant('at').notNull(),
      administratorId: kit.text('administrator_id'),
      administrator: kit.text('administrator'),
      action: kit.text('action').notNull(),
      object: kit.text('object'),
      detail: kit.json<Record<string, unknown>>('detail').notNull(),
      requestId: kit.text('request_id'),
      address: kit.text('address'),
    },
    (table) => [kit.index('audit_entries_at_ix').on(table.at)],
  );

  /** Long work of the console: an import, a refresh of many accounts. */
  const tasks = kit.table(
    'tasks',
    {
      id: kit.id('id'),
      kind: kit.text('kind').notNull(),
      state: kit.text('state').$type<'running' | 'completed' | 'stopped' | 'failed'>().notNull(),
      /** What is to be done, sealed: it may hold session tokens. Emptied at the end. */
      inputSealed: kit.text('input_sealed'),
      total: kit.int('total').notNull(),
      done: kit.int('done').notNull().default(0),
      /** How many of those that are done failed. */
      failed: kit.int('failed').notNull().default(0),
      /** Result of each row that is done, in order. Without secrets. */
      results: kit.json<unknown[]>('results').notNull(),
      stopRequestedAt: kit.instant('stop_requested_at'),
      leaseOwner: kit.text('lease_owner'),
      leaseUntil: kit.instant('lease_until'),
      createdAt: kit.instant('created_at').notNull(),
      endedAt: kit.instant('ended_at'),
    },
    (table) => [kit.index('tasks_state_ix').on(table.state)],
  );

  /** Single facts about this installation, e.g. the hash of the setup code. */
  const meta = kit.table('meta', {
    key: kit.id('key'),
    value: kit.text('value').notNull(),
  });

  return {
    accounts,
    projects,
    apiKeys,
    jobs,
    jobSteps,
    jobInputs,
    idempotencyRecords,
    playgroundRuns,
    media,
    referenceUploads,
    requestLogs,
    settings,
    leases,
    administrators,
    sessions,
    accountDays,
    keyDays,
    rateCounters,
    healthChanges,
    samples,
    usageHours,
    loopRuns,
    upstreamCalls,
    auditEntries,
    tasks,
    meta,
  };
}

export type Schema = ReturnType<typeof defineSchema>;
