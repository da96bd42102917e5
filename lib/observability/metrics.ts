import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { type AccountRow, countRunning, listAccounts, type RunningCounts } from '@/db/repositories/accounts';
import { countUnfinished } from '@/db/repositories/jobs';
import { readDatabaseSize } from '@/db/repositories/system';
import packageFacts from '../../package.json' with { type: 'json' };
import { accessStateOf, countAccounts, isActive, isResting } from '../accounts/count';
import { countToday, type DayCounts } from '../accounts/days';
import type { LoopStatus } from '../background/loop';
import type { CallRecord } from '../flow/record';
import type { MediaKind } from '../models/types';
import type { Runtime } from '../runtime';
import { routeOf } from './route-label';

/** What of an answered request is counted. */
export type CountedRequest = { method: string; path: string; status: number; durationMs: number };

/** What of a job that has ended is counted. */
export type CountedJob = {
  kind: MediaKind;
  state: 'completed' | 'failed' | 'cancelled';
  createdAt: Date;
  endedAt: Date;
};

/** Counts what this process does, and tells it with the state of the installation in the format of Prometheus. */
export type Metrics = {
  noteRequest(request: CountedRequest): void;
  noteJobEnd(job: CountedJob): void;
  noteUpstreamCall(call: Pick<CallRecord, 'url' | 'status'>): void;
  /** All series, or all but those of single accounts, as text. A handful of queries, however many accounts there are. */
  render(runtime: MetricNeeds, wanted: Wanted): Promise<{ contentType: string; text: string }>;
};

/** `withAccounts`: with the series that tell of each account. */
type Wanted = { withAccounts: boolean };

type MetricNeeds = Pick<Runtime, 'db' | 'now' | 'settings' | 'loops'>;

/** What a scrape reads once, for all gauges. */
export type MetricFacts = {
  now: Date;
  accounts: AccountRow[];
  running: ReadonlyMap<string, RunningCounts>;
  today: (accountId: string) => DayCounts;
  jobs: { queued: number; running: number };
  databaseBytes: number | undefined;
  databaseSeconds: number;
  loops: readonly LoopStatus[];
};

type Sample = { labels?: Record<string, string>; value: number };
type GaugeRow = {
  name: string;
  help: string;
  labels?: string[];
  /** Tells of each account. */
  isPerAccount?: true;
  read: (facts: MetricFacts) => Sample[];
};

const one = (value: number): Sample[] => [{ value }];
const flag = (holds: boolean): number => (holds ? 1 : 0);
const seconds = (at: Date): number => at.getTime() / 1_000;
const sum = (rows: readonly AccountRow[], count: (row: AccountRow) => number): number =>
  rows.reduce((total, row) => total + count(row), 0);

/** A gauge of each account, by its id: e-mail addresses stay out of other people's monitoring. */
const perAccount = (
  name: string,
  help: string,
  read: (row: AccountRow, facts: MetricFacts) => number | undefined,
): GaugeRow => ({
  name: `flow2api_token_${name}`,
  help: `${help}, by account.`,
  labels: ['token_id'],
  isPerAccount: true,
  read: (facts) =>
    facts.accounts.flatMap((row) => {
      const value = read(row, facts);
      return value === undefined ? [] : [{ labels: { token_id: row.id }, value }];
    }),
});

const total = (
  name: string,
  help: string,
  read: (row: AccountRow, facts: MetricFacts) => number,
): GaugeRow => ({
  name: `flow2api_${name}`,
  help,
  read: (facts) => one(sum(facts.accounts, (row) => read(row, facts))),
});

const runningOf = (facts: MetricFacts, id: string) => facts.running.get(id) ?? { image: 0, video: 0 };

/** Every series that is read at a scrape. Those of the predecessor first; it said "token" for an account. */
export const gauges: readonly GaugeRow[] = [
  { name: 'flow2api_up', help: 'The process answers.', read: () => one(1) },
  {
    name: 'flow2api_tokens',
    help: 'Accounts by condition; one can be in several.',
    labels: ['state'],
    read: ({ accounts, now }) => {
      const counts = countAccounts(accounts, now);
      const states = {
        total: counts.total,
        active: counts.active,
        inactive: counts.total - counts.active,
        missing_at: counts.missingAccess,
        expired: counts.accessEnded,
        expiring_within_1h: counts.accessEndsWithinHour,
        banned_429: counts.resting,
      };
      return Object.entries(states).map(([state, value]) => ({ labels: { state }, value }));
    },
  },
  total('credits', 'Credits of the active accounts.', (row) => (isActive(row) ? (row.credits ?? 0) : 0)),
  total('images', 'Pictures made by the accounts that are here.', (row) => row.imageCount),
  total('videos', 'Videos made by the accounts that are here.', (row) => row.videoCount),
  total('errors', 'Errors of the accounts that are here.', (row) => row.errorCount),
  total('images_today', 'Pictures made today.', (row, { today }) => today(row.id).images),
  total('videos_today', 'Videos made today.', (row, { today }) => today(row.id).videos),
  total('errors_today', 'Errors today.', (row, { today }) => today(row.id).errors),
  {
    name: 'flow2api_in_flight',
    help: 'Generations that occupy an account now.',
    labels: ['type'],
    read: ({ running }) =>
      (['image', 'video'] as const).map((type) => ({
        labels: { type },
        value: [...running.values()].reduce((count, of) => count + of[type], 0),
      })),
  },
  perAccount('active', '1 when neither switched off nor banned', (row) => flag(isActive(row))),
  perAccount('expiry_timestamp_seconds', 'End of the access token', (row, { now }) => {
    const { endAt } = accessStateOf(row, now);
    return endAt === undefined ? undefined : seconds(endAt);
  }),
  perAccount('expired', '1 when the access token has ended', (row, { now }) =>
    flag(accessStateOf(row, now).hasEnded),
  ),
  perAccount('expiring_within_1h', '1 when the access token ends within an hour', (row, { now }) =>
    flag(accessStateOf(row, now).endsWithinHour),
  ),
  perAccount('missing_at', '1 without an access token', (row, { now }) =>
    flag(accessStateOf(row, now).isMissing),
  ),
  perAccount('banned', '1 when banned after errors', (row) => flag(row.bannedAt !== null)),
  perAccount('cooling_down', '1 while resting after a 429', (row, { now }) => flag(isResting(row, now))),
  perAccount('session_ended', '1 when the session token no longer works', (row) =>
    flag(row.expiredAt !== null),
  ),
  perAccount('credits', 'Credits as last known', (row) => row.credits ?? undefined),
  perAccount('errors', 'Errors since it was added', (row) => row.errorCount),
  perAccount('errors_today', 'Errors today', (row, { today }) => today(row.id).errors),
  perAccount('consecutive_errors', 'Errors in a row', (row) => row.errorStreak),
  perAccount('last_used_timestamp_seconds', 'Last use', (row) =>
    row.lastUsedAt === null ? undefined : seconds(row.lastUsedAt),
  ),
  perAccount('last_error_timestamp_seconds', 'Last error', (row) =>
    row.lastErrorAt === null ? undefined : seconds(row.lastErrorAt),
  ),
  perAccount('in_flight_images', 'Pictures under way', (row, facts) => runningOf(facts, row.id).image),
  perAccount('in_flight_videos', 'Videos under way', (row, facts) => runningOf(facts, row.id).video),
  {
    name: 'flow2api_jobs_queued',
    help: 'Jobs that wait for an account.',
    read: ({ jobs }) => one(jobs.queued),
  },
  { name: 'flow2api_jobs_running', help: 'Jobs under way.', read: ({ jobs }) => one(jobs.running) },
  {
    name: 'flow2api_database_size_bytes',
    help: 'What the database takes.',
    read: ({ databaseBytes }) => (databaseBytes === undefined ? [] : one(databaseBytes)),
  },
  {
    name: 'flow2api_database_scrape_seconds',
    help: 'How long the queries of this scrape took.',
    read: ({ databaseSeconds }) => one(databaseSeconds),
  },
  perLoop('last_run_timestamp_seconds', 'Start of the last run in this process', ({ lastRunAt }) =>
    lastRunAt === undefined ? undefined : seconds(lastRunAt),
  ),
  perLoop('last_run_duration_seconds', 'Duration of the last run in this process', ({ durationMs }) =>
    durationMs === undefined ? undefined : durationMs / 1_000,
  ),
  perLoop('failing', '1 when the last run in this process failed', ({ lastError }) =>
    flag(lastError !== undefined),
  ),
  perLoop('running', '1 while it runs in this process', ({ running }) => flag(running)),
  {
    name: 'flow2api_build_info',
    help: 'The version in use.',
    labels: ['version', 'node'],
    read: () => [{ labels: { version: packageFacts.version, node: process.version }, value: 1 }],
  },
];

function perLoop(name: string, help: string, read: (status: LoopStatus) => number | undefined): GaugeRow {
  return {
    name: `flow2api_loop_${name}`,
    help: `${help}, by background loop.`,
    labels: ['loop'],
    read: ({ loops }) =>
      loops.flatMap((status) => {
        const value = read(status);
        return value === undefined ? [] : [{ labels: { loop: status.name }, value }];
      }),
  };
}

const jobBuckets = [0.1, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1_200, 1_800];
const requestBuckets = [0.005, 0.025, 0.1, 0.5, 1, 5, 30, 60, 300];

/** Makes the counters of a process. */
export function makeMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const generations = new Counter({
    name: 'flow2api_generation_requests_total',
    help: 'Generations that have ended in this process.',
    labelNames: ['type', 'result'],
    registers,
  });
  const durations = new Histogram({
    name: 'flow2api_generation_duration_seconds',
    help: 'From taking a generation in to its end.',
    labelNames: ['type', 'result'],
    buckets: jobBuckets,
    registers,
  });
  const refreshes = new Counter({
    name: 'flow2api_token_refresh_total',
    help: 'Exchanges of a session token for an access token.',
    labelNames: ['result'],
    registers,
  });
  const upstreamCalls = new Counter({
    name: 'flow2api_upstream_calls_total',
    help: 'Calls to the upstream, by the class of the status; none: there was no answer.',
    labelNames: ['status'],
    registers,
  });
  const requests = new Counter({
    name: 'flow2api_http_requests_total',
    help: 'Requests that were answered.',
    labelNames: ['method', 'route', 'status'],
    registers,
  });
  const requestDurations = new Histogram({
    name: 'flow2api_http_request_duration_seconds',
    help: 'From the request to the end of its answer.',
    labelNames: ['route'],
    buckets: requestBuckets,
    registers,
  });
  let hasDefaults = false;

  return {
    noteRequest({ method, path, status, durationMs }) {
      const route = routeOf(path);
      requests.inc({ method: methods.has(method) ? method : 'other', route, status: String(status) });
      requestDurations.observe({ route }, durationMs / 1_000);
    },
    noteJobEnd({ kind, state, createdAt, endedAt }) {
      const labels = { type: kind, result: results[state] };
      generations.inc(labels);
      durations.observe(labels, Math.max(0, endedAt.getTime() - createdAt.getTime()) / 1_000);
    },
    noteUpstreamCall({ url, status }) {
      upstreamCalls.inc({ status: status === undefined ? 'none' : `${Math.floor(status / 100)}xx` });
      if (!/\/auth\/session(?:$|\?)/.test(url)) return;
      refreshes.inc({ result: status !== undefined && status < 300 ? 'success' : 'error' });
    },
    async render(runtime, wanted) {
      if (!hasDefaults) {
        hasDefaults = true;
        collectDefaultMetrics({ register: registry });
      }
      const now = encodeGauges(await readFacts(runtime), wanted);
      const all = Registry.merge([registry, now]);
      return { contentType: all.contentType, text: await all.metrics() };
    },
  };
}

const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
const results = { completed: 'success', failed: 'error', cancelled: 'cancelled' } as const;

async function readFacts({ db, now, settings, loops }: MetricNeeds): Promise<MetricFacts> {
  const startedMs = performance.now();
  const [accounts, running, today, jobs, databaseBytes] = await Promise.all([
    listAccounts(db),
    countRunning(db),
    countToday({ db, now, settings }),
    countUnfinished(db),
    readDatabaseSize(db).catch(() => undefined),
  ]);
  return {
    now: now(),
    accounts: accounts.filter((row) => row.removedAt === null),
    running,
    today: today.of,
    jobs,
    databaseBytes,
    databaseSeconds: (performance.now() - startedMs) / 1_000,
    loops: loops.map((loop) => loop.status()),
  };
}

/** A registry of this scrape alone: accounts that are gone leave no series behind. */
export function encodeGauges(facts: MetricFacts, { withAccounts }: Wanted): Registry {
  const registry = new Registry();
  for (const { name, help, labels = [], isPerAccount = false, read } of gauges) {
    if (isPerAccount && !withAccounts) continue;
    const gauge = new Gauge({ name, help, labelNames: labels, registers: [registry] });
    for (const sample of read(facts)) gauge.set(sample.labels ?? {}, sample.value);
  }
  return registry;
}
