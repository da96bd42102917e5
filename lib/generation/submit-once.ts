import { createHash, type Hash } from 'node:crypto';
import { firstQueueDeparture, type NewJobRow } from '@/db/repositories/jobs';
import {
  findEarlier,
  type Identity,
  insertSubmission,
  isSubmissionStored,
  type RecordedJob,
  type Settled,
} from '@/db/repositories/submissions';
import { askAdmission } from '@/db/repositories/usage';
import { admissionFor, admitRequest } from '../api-keys/admit';
import type { KeyScope } from '../api-keys/scope';
import { GatewayError } from '../errors';
import { assertAccepting } from '../lifecycle';
import type { MemoryRoom } from '../memory-budget';
import type { ModelSpec } from '../models/types';
import type { Runtime } from '../runtime';
import { unlessAborted } from '../unless-aborted';
import { judgeRepeat, rememberedMs } from './repeats';
import { withParts } from './source-parts';
import {
  checkPrompt,
  dropInputs,
  type Examined,
  examine,
  newJobRow,
  type StoredInput,
  type SubmitNeeds,
  type SubmittedJob,
  storeInputs,
} from './submit';
import type { GenerationRequest, LostPicture, Requester } from './types';

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
export type Submission = { jobs: SubmittedJob[]; joined: boolean; lostPicture?: LostPicture };

/** The shortest pause before a client library repeats: 0.5 s less a quarter (openai 7.57, `client.ts`), and some room. */
const soonestRepeatMs = 300;

/** How far the clocks of processes that share a database may differ; SQLite has one process. */
const clockSkewMs = { sqlite: 0, postgres: 5_000 };

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
  const room = runtime.pictureBudget.open(signal); // the pictures are in memory until they are stored
  try {
    return await submitWithin(runtime, room, requests, requester, repeat, signal);
  } finally {
    room.release();
  }
}

async function submitWithin(
  runtime: SubmitNeeds,
  room: MemoryRoom,
  requests: readonly GenerationRequest[],
  requester: Requester,
  repeat: Repeat | undefined,
  signal: AbortSignal,
): Promise<Submission> {
  assertAccepting(runtime.life);
  const startedAt = runtime.now();
  const identity = identify(requester, repeat, startedAt);
  const make = () => submitAnew(runtime, room, requests, requester, { identity, startedAt }, signal);
  if (identity === undefined || (identity.key === null && identity.retryCount === 0)) return make();
  // Before anything else: what it made already is given also when no account could make it now, and whatever the limits.
  const find = async () => {
    const earlier = await findEarlier(runtime.db, identity);
    return earlier === undefined ? undefined : answer(earlier);
  };
  const joinOrMake = async () => {
    const joined = await find();
    if (joined !== undefined) return joined;
    try {
      return await make();
    } catch (error) {
      // Another process may have made it meanwhile, and used up with it what a limit allows.
      const other = isLimit(error) ? await find() : undefined;
      if (other === undefined) throw error;
      return other;
    }
  };
  if (identity.key === null) return joinOrMake();
  const name = JSON.stringify([identity.apiKeyId, identity.route, identity.key]);
  return inLine(runtime, name, { find, joinOrMake }, signal);
}

const isLimit = (error: unknown): boolean =>
  error instanceof GatewayError && (error.code === 'rate_limited' || error.code === 'quota_exceeded');

/** One of a name at a time in this process; whoever waits for another one gets what that one made, if anything. */
async function inLine(
  { submitting }: Pick<Runtime, 'submitting'>,
  name: string,
  work: { find: () => Promise<Submission | undefined>; joinOrMake: () => Promise<Submission> },
  signal: AbortSignal,
): Promise<Submission> {
  for (let other = submitting.get(name); other !== undefined; other = submitting.get(name)) {
    await unlessAborted(other, signal);
    const joined = await work.find();
    if (joined !== undefined) return joined;
  }
  const made = work.joinOrMake();
  const end = made.then(
    () => undefined,
    () => undefined,
  );
  submitting.set(name, end);
  try {
    return await made;
  } finally {
    submitting.delete(name);
  }
}

async function submitAnew(
  runtime: SubmitNeeds,
  room: MemoryRoom,
  requests: readonly GenerationRequest[],
  requester: Requester,
  { identity, startedAt }: { identity: Identity<unknown> | undefined; startedAt: Date },
  signal: AbortSignal,
): Promise<Submission> {
  const key = await admitRequest(runtime, requester);
  for (const request of requests) checkPrompt(request);
  const examined = await examineAll(runtime, room, requests, key, signal);
  const jobs = requests.flatMap((request, index): NewJob[] => {
    const found = examined[index];
    return found === undefined
      ? []
      : [{ row: newJobRow(runtime, request, found, requester), examined: found }];
  });
  await refuseBeforeStoring(runtime, jobs, requester);
  const inputs = new Map<Examined, StoredInput[]>();
  let hasStored = false;
  try {
    for (const { row, examined } of jobs) {
      if (!inputs.has(examined)) {
        inputs.set(examined, await storeInputs(runtime, row.id, examined.references));
      }
    }
    signal.throwIfAborted();
    const prepared = jobs.map(({ row, examined }) => ({
      row,
      spec: examined.spec,
      inputs: inputs.get(examined) ?? [],
    }));
    const outcome = await store(runtime, prepared, requester, identity, startedAt).catch(
      async (error: unknown) => {
        const isThere = await isStored(runtime, jobs, requester).catch(() => undefined);
        hasStored = isThere !== false; // where nobody can say, the pictures stay, and may be removed as orphans
        if (isThere === true) return { outcome: 'stored' } as const;
        if (isThere === false) throw error;
        runtime.log.error(
          { err: error, requestId: requester.requestId },
          'nobody knows whether jobs were stored',
        );
        throw perhapsStored(jobs, identity?.key ?? null, error);
      },
    );
    hasStored = outcome.outcome === 'stored';
    if (outcome.outcome === 'queue_full') throw await queueFull(runtime, prepared);
    if (outcome.outcome !== 'stored') return answer(outcome);
  } finally {
    if (!hasStored) await dropInputs(runtime, [...inputs.values()].flat());
  }
  runtime.signals.wakeWorker();
  return { jobs: jobs.map(({ row }) => toSubmitted(row)), joined: false, ...lostOf(examined) };
}

type NewJob = { row: NewJobRow; examined: Examined };

/** What the limits of the key refuse already is refused before its pictures are written. */
async function refuseBeforeStoring(
  runtime: SubmitNeeds,
  jobs: readonly NewJob[],
  { apiKeyId }: Requester,
): Promise<void> {
  if (apiKeyId === undefined || jobs.every(({ examined }) => examined.references.length === 0)) return;
  const wanted = jobs.map(({ row, examined }) => ({ asked: row.model, spec: examined.spec }));
  const admission = admissionFor(runtime, { jobs: wanted, now: runtime.now() });
  const why = await askAdmission(runtime.db, apiKeyId, admission);
  if (why !== undefined) throw why;
}

/** No client may repeat it by itself: the jobs may be made. */
function perhapsStored(jobs: readonly NewJob[], key: string | null, cause: unknown): GatewayError {
  const addresses = jobs.map(({ row }) => `/v1/jobs/${row.id}`).join(', ');
  const advice =
    key === null
      ? 'Sending the request again may charge again.'
      : 'With the same Idempotency-Key the request can be sent again without being charged twice.';
  return new GatewayError(
    'submission_unknown',
    `The database did not say whether this request was stored. If it was, its result will be at ${addresses}. ${advice}`,
    { cause },
  );
}

/** Whether jobs exist of which the database did not say whether they were stored. */
const isStored = async (
  { db }: Pick<Runtime, 'db'>,
  [first]: readonly NewJob[],
  { apiKeyId }: Requester,
): Promise<boolean> => first !== undefined && isSubmissionStored(db, { apiKeyId, jobId: first.row.id });

type PreparedJob = { row: NewJobRow; spec: ModelSpec; inputs: StoredInput[] };

function store(
  runtime: SubmitNeeds,
  prepared: readonly PreparedJob[],
  { apiKeyId, requestId, run }: Requester,
  identity: Identity<unknown> | undefined,
  startedAt: Date,
) {
  const now = runtime.now();
  const isSlow = now.getTime() - startedAt.getTime() >= soonestRepeatMs;
  const overtakenSince = new Date(startedAt.getTime() - clockSkewMs[runtime.db.dialect]);
  const jobs = prepared.map(({ row, spec }) => ({ asked: row.model, spec }));
  return insertSubmission<unknown>(runtime.db, {
    apiKeyId,
    jobs: prepared,
    maxQueued: runtime.settings.current()['queue.max_length'],
    admission: admissionFor(runtime, { jobs, now }),
    ...(run === undefined ? {} : { run: { ...run, requestId, createdAt: now } }),
    ...(identity === undefined
      ? {}
      : { identity: { ...identity, now, ...(isSlow ? { overtakenSince } : {}) } }),
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

const lostOf = ([first]: readonly Examined[]): Pick<Submission, 'lostPicture'> =>
  first?.lostPicture === undefined ? {} : { lostPicture: first.lostPicture };

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
  room: MemoryRoom,
  requests: readonly GenerationRequest[],
  key: KeyScope | undefined,
  signal: AbortSignal,
): Promise<Examined[]> {
  const examined: Examined[] = [];
  for (const [index, request] of requests.entries()) {
    const before = requests[index - 1];
    const known = before !== undefined && isSameWork(before, request) ? examined[index - 1] : undefined;
    examined.push(
      known ?? (await withParts(runtime, request, await examine(runtime, room, request, key, signal))),
    );
  }
  return examined;
}

const isSameWork = (one: GenerationRequest, other: GenerationRequest): boolean =>
  one.model === other.model &&
  one.options === other.options &&
  one.references === other.references &&
  one.fallbackReferences === other.fallbackReferences &&
  one.pictureRole === other.pictureRole &&
  one.accountId === other.accountId &&
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

/** As JSON, which tells halves of characters apart; as UTF-8 they are all the same. */
const addText = (hash: Hash, kind: string, text: string): void => {
  const json = JSON.stringify(text);
  hash.update(`${kind}${json.length}:`).update(json);
};
