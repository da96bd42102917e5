import type { UsageAmount } from '@/db/schema/define';
import { openAiAliases } from '../models/aliases';
import { modelIds } from '../models/model-ids';
import { dayOf } from './day';

/** How something that was asked for ended. Together they are the requests. */
export const usageOutcomes = ['succeeded', 'failed', 'refused', 'rate_limited', 'cancelled'] as const;

export type UsageOutcome = (typeof usageOutcomes)[number];

const hourMs = 3_600_000;
const step = 1.05; // from one duration to the next that is told apart: an error of 2.5 % at most

/** A job at its end, as far as it is counted. */
export type EndedJob = {
  model: string;
  kind: 'image' | 'video';
  state: 'completed' | 'failed' | 'cancelled';
  /** Of a failure. */
  errorCode: string | null;
  accountId: string | null;
  accountEmail: string | null;
  apiKeyId: string | null;
  createdAt: Date;
  endedAt: Date;
  credits: number;
  /** How many files came of it. */
  results: number;
};

/** What a job adds to the hour of its end. */
export function tallyJob(job: EndedJob, zone: string): UsageAmount[] {
  const outcome = outcomeOf(job);
  return amountsOf(
    {
      at: job.endedAt,
      zone,
      kind: job.kind,
      model: job.model,
      account: accountValue(job),
      key: job.apiKeyId,
    },
    {
      [outcome]: 1,
      [job.kind === 'image' ? 'images' : 'videos']: job.results,
      credits: job.credits,
      ...(outcome === 'succeeded'
        ? { [`ms:${bucketOf(job.endedAt.getTime() - job.createdAt.getTime())}`]: 1 }
        : {}),
      ...(job.state === 'failed' ? { [`error:${job.errorCode ?? 'internal_error'}`]: 1 } : {}),
    },
  );
}

/** What of the request log tells whether a row is a request that never became a job. */
export type LoggedRequest = {
  at: Date;
  method: string;
  source?: string | null | undefined;
  status: number;
  jobId?: string | null | undefined;
  errorCode?: string | null | undefined;
  model?: string | null | undefined;
  apiKeyId?: string | null | undefined;
};

/** What a request that never became a job adds to its hour; nothing for any other: jobs are counted at their end. */
export function tallyRefusal(row: LoggedRequest, zone: string): UsageAmount[] {
  const isGeneration = row.method === 'POST' && row.source !== 'console' && row.source !== 'seed';
  if (!isGeneration || typeof row.jobId === 'string' || typeof row.errorCode !== 'string') return [];
  return amountsOf(
    { at: row.at, zone, kind: '', model: modelOf(row), account: null, key: row.apiKeyId ?? null },
    { [refusalOf(row.status)]: 1, [`error:${row.errorCode}`]: 1 },
  );
}

/** What stands for every model that this gateway does not have: clients may make up names without end. */
export const unknownModel = 'unknown';

const modelOf = ({ model }: LoggedRequest): string | null => {
  if (typeof model !== 'string') return null;
  return modelIds.has(model) || openAiAliases.has(model) ? model : unknownModel;
};

/** An account is counted by its id; its email is kept with it, since the account may be gone when somebody looks. */
const accountValue = ({ accountId, accountEmail }: EndedJob): string | null =>
  accountId === null ? accountEmail : `${accountId} ${accountEmail ?? ''}`;

/** The parts of what an account is counted by. No id: the account was gone by then. */
export function readAccountValue(value: string): { id: string | null; email: string } {
  const space = value.indexOf(' ');
  return space === -1
    ? { id: null, email: value }
    : { id: value.slice(0, space), email: value.slice(space + 1) };
}

/** A failure that is the caller's own is a refusal: it says nothing about this gateway. */
function outcomeOf({ state, errorCode }: EndedJob): UsageOutcome {
  if (state === 'completed') return 'succeeded';
  if (state === 'cancelled' || errorCode === 'cancelled') return 'cancelled';
  return errorCode === 'content_refused' || errorCode === 'invalid_request' ? 'refused' : 'failed';
}

function refusalOf(status: number): UsageOutcome {
  if (status === 429) return 'rate_limited';
  if (status === 499) return 'cancelled';
  return status >= 500 || status === 424 || status < 400 ? 'failed' : 'refused';
}

type Facts = {
  at: Date;
  zone: string;
  kind: UsageAmount['kind'];
  model: string | null;
  account: string | null;
  key: string | null;
};

function amountsOf(facts: Facts, metrics: Readonly<Record<string, number>>): UsageAmount[] {
  const hour = Math.floor(facts.at.getTime() / hourMs) * hourMs;
  const places = [
    { dimension: 'model', value: facts.model ?? '' },
    { dimension: 'account', value: facts.account ?? '' },
    { dimension: 'key', value: facts.key ?? '' },
    { dimension: 'day', value: dayOf(facts.at, facts.zone) },
  ] as const;
  return places.flatMap((place) =>
    Object.entries(metrics)
      .filter(([, amount]) => amount !== 0)
      .map(([metric, amount]) => ({ ...place, hour, kind: facts.kind, metric, amount })),
  );
}

/** Durations that are counted as one have the same number. */
export const bucketOf = (ms: number): number => Math.round(Math.log(Math.max(1, ms)) / Math.log(step));

/** The duration that a number of `bucketOf` stands for. */
export const durationOf = (bucket: number): number => Math.round(step ** bucket);

/** The mean of the counted durations; `undefined` when there are none. */
export function averageOf(counts: ReadonlyMap<number, number>): number | undefined {
  let [sum, total] = [0, 0];
  for (const [bucket, n] of counts) {
    sum += durationOf(bucket) * n;
    total += n;
  }
  return total <= 0 ? undefined : Math.round(sum / total);
}

/** The duration that this share of the counted ones does not exceed; `undefined` when there are none. */
export function percentileOf(counts: ReadonlyMap<number, number>, share: number): number | undefined {
  const sorted = [...counts].filter(([, n]) => n > 0).toSorted(([one], [other]) => one - other);
  const total = sorted.reduce((sum, [, n]) => sum + n, 0);
  let seen = 0;
  for (const [bucket, n] of sorted) {
    seen += n;
    if (seen >= total * share) return durationOf(bucket);
  }
  return undefined;
}
