import { createHash, type Hash } from 'node:crypto';
import { firstQueueDeparture } from '@/db/repositories/jobs';
import {
  findEarlier,
  type Identity,
  insertSubmission,
  type RecordedJob,
  type Settled,
} from '@/db/repositories/submissions';
import { admissionFor, admitRequest } from '../api-keys/admit';
import type { KeyScope } from '../api-keys/scope';
import { GatewayError } from '../errors';
import { assertAccepting } from '../lifecycle';
import type { Runtime } from '../runtime';
import { judgeRepeat, rememberedMs } from './repeats';
import {
  checkPrompt,
  dropInputs,
  type Examined,
  examine,
  type PreparedJob,
  prepareJob,
  type SubmitNeeds,
  type SubmittedJob,
} from './submit';
import type { GenerationRequest, Requester } from './types';

/** How a request says that it may have been sent before, and what it asks for. */
export type Repeat = {
  /** Path of the creating route in its usual spelling, e.g. `/v1/images/generations`. */
  route: string;
  /** `Idempotency-Key`. */
  key?: string;
  /** `X-Stainless-Retry-Count`; 0 for the first attempt and for clients that do not count. */
  retryCount: number;
  /** `hashBody` of the decoded fields and files. */
  bodyHash: string;
};

/** The jobs of a request, in the order of its parts. `joined`: an earlier equal request had made them. */
export type Submission = { jobs: SubmittedJob[]; joined: boolean };

/** The shortest pause before a client library repeats: 0.5 s less a quarter (openai 7.57, `client.ts`), and some room. */
const soonestRepeatMs = 300;

/**
 * Stores 1 to 10 jobs as one unit, all or none, or joins the jobs of an earlier equal request. Parts that share their
 * options and pictures (the same objects) are examined once. Refusals are those of `examine`, and `invalid_api_key`,
 * `rate_limited`, `quota_exceeded`, `queue_full`, `shutting_down`, `idempotency_key_reused`. Throws the signal's reason
 * when the client has left before anything was stored: nobody knows of it, and a repeat would pay twice.
 */
export async function submitOnce(
  runtime: SubmitNeeds,
  requests: readonly GenerationRequest[],
  requester: Requester,
  repeat: Repeat | undefined,
  signal: AbortSignal,
): Promise<Submission> {
  assertAccepting(runtime.life);
  const startedAt = runtime.now();
  const identity = identify(requester, repeat, startedAt);
  if (identity !== undefined && (identity.key !== null || identity.retryCount > 0)) {
    // Before anything else: what it made already is given also when no account could make it now.
    const earlier = await findEarlier(runtime.db, identity);
    if (earlier !== undefined) return answer(earlier);
  }
  const key = await admitRequest(runtime, requester);
  for (const request of requests) checkPrompt(request);
  const examined = await examineAll(runtime, requests, key, signal);
  const prepared: PreparedJob[] = [];
  let submission: Submission | undefined;
  try {
    for (const [index, request] of requests.entries()) {
      const found = examined[index];
      if (found !== undefined) prepared.push(await prepareJob(runtime, request, found, requester));
    }
    signal.throwIfAborted();
    const outcome = await store(runtime, prepared, requester, identity, startedAt);
    if (outcome.outcome === 'queue_full') throw await queueFull(runtime, prepared);
    submission =
      outcome.outcome === 'stored'
        ? { jobs: prepared.map(({ row }) => toSubmitted(row)), joined: false }
        : answer(outcome);
  } finally {
    if (submission?.joined !== false) {
      await dropInputs(
        runtime,
        prepared.flatMap(({ inputs }) => inputs),
      );
    }
  }
  if (!submission.joined) runtime.signals.wakeWorker();
  return submission;
}

function store(
  runtime: SubmitNeeds,
  prepared: readonly PreparedJob[],
  { apiKeyId }: Requester,
  identity: Identity<unknown> | undefined,
  startedAt: Date,
) {
  const now = runtime.now();
  const isSlow = now.getTime() - startedAt.getTime() >= soonestRepeatMs;
  const jobs = prepared.map(({ row, spec }) => ({ asked: row.model, spec }));
  return insertSubmission<unknown>(runtime.db, {
    apiKeyId,
    jobs: prepared,
    maxQueued: runtime.settings.current()['queue.max_length'],
    admission: admissionFor(runtime, { jobs, now }),
    ...(identity === undefined
      ? {}
      : { identity: { ...identity, now, ...(isSlow ? { overtakenSince: startedAt } : {}) } }),
  });
}

/** What the database recognises the request by; without an API key nothing is recognised. */
function identify(
  { apiKeyId }: Requester,
  repeat: Repeat | undefined,
  now: Date,
): Identity<unknown> | undefined {
  if (apiKeyId === undefined || repeat === undefined) return undefined;
  const { route, key = null, retryCount, bodyHash } = repeat;
  return {
    apiKeyId,
    route,
    key,
    retryCount,
    bodyHash,
    now,
    since: new Date(now.getTime() - rememberedMs),
    judge(earlier) {
      const verdict = judgeRepeat(earlier, { key, bodyHash }, now);
      if (verdict === 'other_body') return { type: 'refuse', why: keyReused() };
      if (verdict === 'deleted') return { type: 'refuse', why: deleted() };
      return { type: verdict };
    },
  };
}

const keyReused = () =>
  new GatewayError(
    'idempotency_key_reused',
    'This Idempotency-Key was sent with another request within the last 24 hours. Send another key, or the same request.',
    { param: 'Idempotency-Key' },
  );

const deleted = () =>
  new GatewayError(
    'gone',
    'What this Idempotency-Key made has been deleted. Send another key to make it again.',
    { param: 'Idempotency-Key' },
  );

function answer(earlier: Settled<unknown>): Submission {
  if (earlier.outcome === 'refused') throw earlier.why;
  return { jobs: earlier.jobs.map(toSubmitted), joined: true };
}

async function queueFull(runtime: SubmitNeeds, prepared: readonly PreparedJob[]): Promise<GatewayError> {
  return new GatewayError('queue_full', 'The queue of this gateway is full. Send the request again later.', {
    retryAfterSeconds: await untilRoom(runtime, prepared),
  });
}

/**
 * Seconds until the full queue has lost so many jobs: as fast as they went lately; for one job at the latest when the
 * first of the queue waits in vain.
 */
async function untilRoom(
  { db, now, queueView, settings }: Pick<Runtime, 'db' | 'now' | 'queueView' | 'settings'>,
  prepared: readonly PreparedJob[],
): Promise<number> {
  const maxWaitMs = settings.current()['queue.max_wait'] * 1_000;
  const [typical, departure] = await Promise.all([
    queueView.secondsPerJob(prepared[0]?.spec.id ?? ''),
    firstQueueDeparture(db, { maxWaitMs }),
  ]);
  const latest = Math.ceil(((departure ?? now()).getTime() - now().getTime()) / 1_000);
  const expected = typical === undefined ? latest : typical * prepared.length;
  return Math.max(1, prepared.length === 1 ? Math.min(expected, latest) : expected);
}

const toSubmitted = ({
  id,
  kind,
  model,
  createdAt,
  deadlineAt,
}: Pick<RecordedJob, 'id' | 'kind' | 'model' | 'createdAt' | 'deadlineAt'>): SubmittedJob => ({
  jobId: id,
  kind,
  model,
  createdAt,
  deadlineAt,
});

async function examineAll(
  runtime: SubmitNeeds,
  requests: readonly GenerationRequest[],
  key: KeyScope | undefined,
  signal: AbortSignal,
): Promise<Examined[]> {
  const examined: Examined[] = [];
  for (const [index, request] of requests.entries()) {
    const before = requests[index - 1];
    const known = before !== undefined && isSameWork(before, request) ? examined[index - 1] : undefined;
    examined.push(known ?? (await examine(runtime, request, key, signal)));
  }
  return examined;
}

const isSameWork = (one: GenerationRequest, other: GenerationRequest): boolean =>
  one.model === other.model &&
  one.options === other.options &&
  one.references === other.references &&
  one.fallbackReferences === other.fallbackReferences &&
  one.pictureRole === other.pictureRole &&
  one.sourceVideo === other.sourceVideo;

/**
 * SHA-256 in hexadecimal of a decoded body and its files. The order of keys does not matter, and null and undefined are
 * as good as absent.
 */
export function hashBody(
  value: unknown,
  files: readonly { field: string; bytes: Uint8Array }[] = [],
): string {
  const hash = createHash('sha256');
  addValue(hash, value);
  for (const { field, bytes } of files) {
    addText(hash, 'f', field);
    hash.update(`${bytes.byteLength}:`).update(bytes);
  }
  return hash.digest('hex');
}

/** Every piece begins with its kind and its length, so that no two values have the same pieces. */
function addValue(hash: Hash, value: unknown): void {
  if (value === null || value === undefined) hash.update('n');
  else if (typeof value === 'string') addText(hash, 's', value);
  else if (Array.isArray(value)) {
    hash.update(`a${value.length}:`);
    for (const item of value) addValue(hash, item);
  } else if (typeof value === 'object') {
    const entries = Object.entries(value).filter(([, member]) => member !== null && member !== undefined);
    hash.update(`o${entries.length}:`);
    for (const [name, member] of entries.sort(([one], [other]) => (one < other ? -1 : 1))) {
      addText(hash, 'k', name);
      addValue(hash, member);
    }
  } else addText(hash, 'v', String(value));
}

const addText = (hash: Hash, kind: string, text: string): void => {
  hash.update(`${kind}${text.length}:`).update(text);
};
