import { type AccountRow, findAccount } from '@/db/repositories/accounts';
import {
  addToStep,
  beginJobStep,
  findJobRow,
  finishJob,
  type JobChanges,
  type JobRow,
  LeaseLostError,
  listJobInputs,
  listJobSteps,
  type NewMediaRow,
  recentDurations,
  releaseJob,
  requeueJob,
  rescueAcceptance,
  updateHeldJob,
} from '@/db/repositories/jobs';
import { hasMediaNamed } from '@/db/repositories/media';
import { callWithAccess, openAccess, refreshAccess, refusedTwice } from '../accounts/access-token';
import { changeHealth } from '../accounts/change-health';
import { finishRemoval } from '../accounts/finish-removal';
import { applyCharge } from '../accounts/health';
import { noteFailure } from '../accounts/note-failure';
import { noteSuccess } from '../accounts/note-success';
import { notePlaceFreed } from '../accounts/place-freed';
import { loadCandidates } from '../accounts/pool';
import { ensureProject } from '../accounts/project';
import { type Candidate, canBeServedBy } from '../accounts/select';
import { whyNobody } from '../accounts/why-none';
import {
  GatewayError,
  isUpstreamError,
  type StoredError,
  toStoredError,
  type UpstreamError,
} from '../errors';
import { flowPlanFor } from '../models/flow-plan';
import type { FlowPlan } from '../models/types';
import type { Runtime } from '../runtime';
import { nextMove, passes, pauseAfter, usesAttempt } from './decide';
import { submissionIds } from './ids';
import { type Intent, type Job, type Outcome, toJob } from './job';
import { noAccountError } from './no-account';
import { partsToJoin, phaseAfter, phaseOf } from './phases';
import { median } from './progress';
import { waitsUntil } from './queued';
import { saveOutputs } from './save';
import { dropInputs, needOf } from './submit';
import type { JobStep } from './types';
import { forgetUploads, type UploadMemory, uploadOnce } from './uploads';
import type { Phase, Submission, SubmitOutcome, UpstreamAccess, UpstreamOutput } from './upstream';

/** What a running job needs of the process. */
export type RunNeeds = Pick<
  Runtime,
  | 'db'
  | 'upstream'
  | 'media'
  | 'posters'
  | 'secrets'
  | 'settings'
  | 'signals'
  | 'now'
  | 'log'
  | 'instanceId'
  | 'refreshing'
  | 'makingProjects'
  | 'uploading'
  | 'life'
  | 'upstreamCalls'
  | 'queueView'
  | 'metrics'
>;

/** Who holds the job, and until when it may go on: `signal` fires at shutdown and when the lease is lost. */
export type Hold = { owner: string; signal: AbortSignal };

const historySize = 20; // runs of a model that an estimate is made of
const firstLookMs = 2_000; // the listing shows a new submit only after a moment
const nextLookMs = 5_000;
const hourMs = 3_600_000;
const longestSavePauseMs = 300_000;
const upscalePatienceMs = hourMs; // how long an overloaded upscaler is waited for before the base is delivered
const overloadPauseMs = 30_000;
const joinPatienceMs = 10 * 60_000; // how long a join is tried before the new clip is delivered alone; it takes seconds
const crashPauseMs = 30_000; // before an unexpected failure of an accepted job is tried again

/**
 * Takes one job as far as it goes now: to the upstream's handle, or from its outcome to the stored file. Whatever it
 * leaves behind, another run goes on from there. Never throws.
 */
export async function run(runtime: RunNeeds, row: JobRow, hold: Hold): Promise<void> {
  const job = toJob(row);
  try {
    await runtime.upstreamCalls.within({ jobId: job.id, accountId: job.accountId }, () =>
      advance(runtime, job, hold),
    );
  } catch (error) {
    await giveBack(runtime, job, hold, error);
  } finally {
    runtime.signals.notify(job.id);
  }
}

async function advance(runtime: RunNeeds, job: Job, hold: Hold): Promise<void> {
  if (job.outcome !== null) return settle(runtime, job, hold);
  if (job.intent !== null && !isFreeToRepeat(job)) return findOut(runtime, job, hold);
  if (job.cancelRequestedAt !== null && job.acceptedAt === null) return cancel(runtime, job, hold);
  return submitPhase(runtime, job, hold);
}

/** Upscaling a picture and joining clips cost nothing and change nothing upstream: they may be asked for again after a crash. */
const isFreeToRepeat = (job: Job): boolean =>
  phaseOf(job) === 'concatenate' || (job.kind === 'image' && phaseOf(job) === 'upscale');

// ── Up to the handle ────────────────────────────────────────────────────────────────────────────────────────────────

async function submitPhase(runtime: RunNeeds, start: Job, hold: Hold): Promise<void> {
  if (phaseOf(start) === 'concatenate' && partsToJoin(start) === undefined)
    return endLaterPhase(runtime, start, unknownParts, hold);
  try {
    await trySubmit(runtime, start, hold);
  } catch (error) {
    const job = toJob((await findJobRow(runtime.db, start.id)) ?? start);
    if (!isTooLate(runtime, job, hold, error)) throw error;
    await fail(runtime, job, tooLate, hold, { intent: null });
  }
}

async function trySubmit(runtime: RunNeeds, start: Job, hold: Hold): Promise<void> {
  let job = start;
  let attempts = job.attempts;
  let refreshed = false;
  const uploads: UploadMemory = { areReused: job.uploads.length > 0, gone: new Set() };
  let submitted = false;
  const moveAfter = (error: UpstreamError) =>
    nextMove(error, {
      attempts,
      maxAttempts: runtime.settings.current()['generation.max_attempts'],
      refreshed,
      reusesUploads: uploads.areReused && uploads.gone.size === 0,
    });
  for (;;) {
    const account = await accountOf(runtime, job);
    try {
      const access = await inTime(runtime, job, hold, openAccess(runtime, account));
      const prepared = await prepare(runtime, { job, account, access, uploads }, hold);
      if (prepared.acceptedAt === null && runtime.now() >= prepared.deadlineAt) {
        return await fail(runtime, prepared, tooLate, hold, { intent: null });
      }
      const submission = submissionOf(prepared, account);
      job = await writeIntent(runtime, prepared, submission, hold);
      if (job.cancelRequestedAt !== null && job.acceptedAt === null) return await cancel(runtime, job, hold);
      submitted = true;
      // Never cut off: its outcome would be unknown.
      const outcome = await runtime.upstream.submit(access, submission, new AbortController().signal);
      return await accept(runtime, job, submission, outcome, hold);
    } catch (error) {
      // Certainly refused: from here on a stop, a crash or the end of the caller's time finds nothing that may have been
      // accepted.
      if (isUpstreamError(error) && error.failure.accepted === 'no' && job.intent !== null) {
        job = await change(runtime, job, hold, { intent: null });
      }
      if (!isUpstreamError(error) || error.code === 'cancelled') throw error;
      if (hold.signal.aborted && error.failure.accepted === 'no') throw error;
      await addToStep(runtime.db, { jobId: job.id, name: 'refusals', entry: refusalOf(runtime, error) });
      attempts += 1;
      let failure = error;
      let move = moveAfter(failure);
      if (move.type === 'refresh') {
        const refused = await tryRefresh(runtime, job, account, hold);
        if (refused === undefined) {
          refreshed = true;
          attempts -= 1;
          continue;
        }
        await addToStep(runtime.db, { jobId: job.id, name: 'refusals', entry: refusalOf(runtime, refused) });
        failure = refused;
        move = moveAfter(failure);
      }
      runtime.log.info(
        { jobId: job.id, accountId: account.id, attempts, move: move.type, err: failure },
        'an upstream call failed',
      );
      if (move.type === 'find_out') {
        await learnFrom(runtime, job, account, failure);
        return await lookLater(runtime, job, hold, firstLookMs);
      }
      if (move.type === 'upload_again') {
        await forgetUploads(runtime, account.id, job.uploads);
        for (const name of job.uploads) uploads.gone.add(name);
        job = await change(runtime, job, hold, { uploads: [] });
        continue;
      }
      if (move.type === 'again') {
        await pause(move.afterMs, hold.signal);
        continue;
      }
      const final = refusedTwice(failure);
      const spent = usesAttempt(final.failure, { submitted }) ? attempts : attempts - 1;
      return await afterRefusal(runtime, job, account, final, spent, hold);
    }
  }
}

/**
 * Waits for something that others wait for too, which goes on without this job: not beyond its hold, nor beyond the time of a
 * job that is not accepted yet.
 */
async function inTime<T>(runtime: RunNeeds, job: Job, hold: Hold, work: Promise<T>): Promise<T> {
  const ends =
    job.acceptedAt === null ? AbortSignal.any([hold.signal, deadlineSignal(runtime, job)]) : hold.signal;
  return Promise.race([
    work,
    new Promise<never>((_resolve, reject) => {
      if (ends.aborted) reject(ends.reason);
      ends.addEventListener('abort', () => reject(ends.reason), { once: true });
    }),
  ]);
}

/** Exchanges the session token; gives the error when upstream refuses. */
async function tryRefresh(
  runtime: RunNeeds,
  job: Job,
  account: AccountRow,
  hold: Hold,
): Promise<UpstreamError | undefined> {
  try {
    await inTime(runtime, job, hold, refreshAccess(runtime, account));
    return undefined;
  } catch (error) {
    if (isUpstreamError(error)) return error;
    throw error;
  }
}

/** Why upstream refused a call, as the step of the job keeps it for the operator. No secret, and nothing of the answer. */
const refusalOf = ({ now }: RunNeeds, { code, message, failure }: UpstreamError) => ({
  at: now().toISOString(),
  code,
  message,
  account: failure.account.type,
  ...(failure.status === undefined ? {} : { status: failure.status }),
  ...(failure.reason === undefined ? {} : { reason: failure.reason }),
});

/** The job's time ran out before its submit. */
const isTooLate = ({ now }: RunNeeds, job: Job, hold: Hold, error: unknown): boolean =>
  (!isUpstreamError(error) || error.code === 'cancelled') &&
  !(error instanceof LeaseLostError) &&
  !hold.signal.aborted &&
  job.acceptedAt === null &&
  job.intent === null &&
  now() >= job.deadlineAt;

const tooLate: StoredError = {
  code: 'upstream_unavailable',
  message: 'Google took too long before the request could be submitted. Nothing was charged; send it again.',
};

/** Upstream has certainly accepted nothing: the account learns from it, and the job goes elsewhere or ends. */
async function afterRefusal(
  runtime: RunNeeds,
  job: Job,
  account: AccountRow,
  error: UpstreamError,
  attempts: number,
  hold: Hold,
): Promise<void> {
  await learnFrom(runtime, job, account, error);
  if (phaseOf(job) !== 'generate') return laterPhaseRefused(runtime, job, error, attempts, hold);

  const move = nextMove(error, {
    attempts,
    maxAttempts: runtime.settings.current()['generation.max_attempts'],
    refreshed: true,
    reusesUploads: false,
  });
  const until = waitsUntil(runtime, job);
  if (move.type !== 'fail' && runtime.now() < until) {
    const candidates = await loadOthers(runtime, job);
    const canServe = (avoid: string[], among = candidates) =>
      canBeServedBy(among, needOf(job, avoid), runtime.now(), until);
    // A rest that ends in time keeps the account from the job by itself, and only until then.
    const itself = candidates.filter(({ row }) => row.id === account.id);
    const comesBack = rests(error) && canServe(job.avoid, itself);
    const without = comesBack ? job.avoid : [...new Set([...job.avoid, account.id])].toSorted();
    const mayStay = (move.type === 'requeue' && !move.avoid) || error.failure.retry === 'same_account';
    const toOther = (move.type !== 'requeue' || move.avoid) && canServe(without);
    if (toOther || (mayStay && canServe(job.avoid))) {
      const pauseMs = error.failure.retry === 'same_account' && !toOther ? pauseAfter(attempts) : 0;
      const inputs = await listJobInputs(runtime.db, job.id);
      const requeued = await requeueJob(runtime.db, {
        jobId: job.id,
        owner: hold.owner,
        avoid: toOther ? without : job.avoid,
        attempts: passes(error.failure) ? attempts - 1 : attempts,
        availableAt: new Date(runtime.now().getTime() + pauseMs),
        now: runtime.now(),
      });
      if (requeued.state === 'cancelled') await dropInputs(runtime, inputs);
      await finishRemoval(runtime, account.id);
      runtime.signals.wakeWorker();
      return;
    }
  }
  await fail(runtime, job, await withReturn(runtime, job, error), hold, { intent: null });
}

/** Every account with what it runs beside this job. */
async function loadOthers(runtime: RunNeeds, job: Job): Promise<Candidate[]> {
  const candidates = await loadCandidates(runtime);
  return candidates.map(({ row, running }) => ({
    row,
    running: row.id === job.accountId ? { ...running, [job.kind]: running[job.kind] - 1 } : running,
  }));
}

const rests = ({ failure: { account } }: UpstreamError): boolean =>
  account.type === 'cooldown' || account.type === 'model_quota';

/**
 * The error as stored; after a rate limit with when the first account is back, unless one can serve now. Where none is back
 * in the time of the job, it is told what a new request is told.
 */
async function withReturn(runtime: RunNeeds, job: Job, error: UpstreamError): Promise<StoredError> {
  const stored = toStoredError(error);
  if (!rests(error)) return stored;
  const candidates = await loadOthers(runtime, job);
  const need = needOf(job);
  const now = runtime.now();
  if (canBeServedBy(candidates, need, now, now)) return stored;
  if (!canBeServedBy(candidates, need, now, waitsUntil(runtime, job)))
    return toStoredError(noAccountError(candidates, need, now));
  const { retryAfterSeconds } = whyNobody(candidates, need, now);
  return retryAfterSeconds === undefined ? stored : { ...stored, retryAfterSeconds };
}

/** What the failure says about the account. */
async function learnFrom(
  runtime: RunNeeds,
  job: Job,
  account: AccountRow,
  error: UpstreamError,
): Promise<void> {
  const phase = phaseOf(job);
  // Joining is no generation: that it is refused says nothing of what the account can make.
  if (phase === 'concatenate' && error.failure.account.type !== 'session_dead') return;
  await noteFailure(runtime, account, error, {
    kind: job.kind,
    modelKey: planOf(job).modelKey,
    namesOlderFile: job.source !== null || phase !== 'generate',
  });
}

/**
 * The upscale or the join was refused, on the account that holds what it is of: no other one can do it. What passes is
 * waited for; else what was made before is delivered.
 */
async function laterPhaseRefused(
  runtime: RunNeeds,
  job: Job,
  error: UpstreamError,
  attempts: number,
  hold: Hold,
): Promise<void> {
  const now = runtime.now().getTime();
  const accepted = job.acceptedAt ?? job.createdAt;
  const isJoin = phaseOf(job) === 'concatenate';
  const since = isJoin ? await firstStepAt(runtime, job, 'concatenating', accepted) : accepted;
  const patienceMs = isJoin ? joinPatienceMs : upscalePatienceMs;
  const isPassing = passes(error.failure) && now - since.getTime() < patienceMs;
  const isWorthIt =
    error.failure.retry === 'same_account' &&
    attempts < runtime.settings.current()['generation.max_attempts'];
  if (!isPassing && !isWorthIt) return endLaterPhase(runtime, job, toStoredError(error), hold);
  const pauseMs = isPassing ? overloadPauseMs : pauseAfter(attempts);
  await releaseJob(runtime.db, {
    jobId: job.id,
    owner: hold.owner,
    changes: {
      attempts: isPassing ? attempts - 1 : attempts,
      intent: null,
      availableAt: new Date(now + pauseMs),
    },
  });
}

/** The project, and the pictures in it. Each upload is written down before the next begins. */
async function prepare(
  runtime: RunNeeds,
  {
    job: start,
    account,
    access,
    uploads,
  }: { job: Job; account: AccountRow; access: UpstreamAccess; uploads: UploadMemory },
  hold: Hold,
): Promise<Job> {
  const signal = AbortSignal.any([hold.signal, deadlineSignal(runtime, start)]);
  let job = start;
  if (job.projectId === null) {
    const projectId =
      job.source?.projectId ?? (await inTime(runtime, job, hold, ensureProject(runtime, account, access)));
    job = await change(runtime, job, hold, { projectId });
  }
  const projectId = job.projectId;
  if (projectId === null || phaseOf(job) !== 'generate') return job;
  const inputs = await listJobInputs(runtime.db, job.id);
  if (inputs.length === 0 || inputs.length === job.uploads.length) return job;
  job = await step(runtime, job, hold, 'uploading', { count: inputs.length });
  for (const input of inputs.slice(job.uploads.length)) {
    const mediaId = await uploadOnce(
      runtime,
      { access, projectId, input, kind: job.kind, memory: uploads },
      signal,
    );
    job = await change(runtime, job, hold, { uploads: [...job.uploads, mediaId] });
    runtime.signals.notify(job.id);
  }
  return job;
}

function submissionOf(job: Job, account: AccountRow): Submission {
  if (job.projectId === null) throw new Error(`job ${job.id} has no project`);
  const phase = phaseOf(job);
  const [base] = job.base ?? [];
  const source = phase === 'upscale' ? sourceOf(base) : (job.source ?? undefined);
  const parts = phase === 'concatenate' ? partsToJoin(job) : undefined;
  return {
    phase,
    spec: job.spec,
    tier: job.tier ?? account.tier,
    projectId: job.projectId,
    prompt: job.prompt,
    references: job.uploads,
    ...(source === undefined ? {} : { source }),
    ...(parts === undefined ? {} : { parts }),
    ...submissionIds(job.seed),
  };
}

function sourceOf(output: UpstreamOutput | undefined) {
  if (output?.mediaName === undefined) return undefined;
  const { mediaName, projectId, workflowId } = output;
  return { mediaName, projectId, ...(workflowId === undefined ? {} : { workflowId }) };
}

/** What is about to be submitted, with the ids that upstream keeps: written before the call. */
async function writeIntent(runtime: RunNeeds, job: Job, submission: Submission, hold: Hold): Promise<Job> {
  const { spec: _spec, ...kept } = submission;
  const intent: Intent = { submission: kept, at: runtime.now().getTime() };
  const expectedMs =
    job.expectedMs ?? median(await recentDurations(runtime.db, job.specId, historySize)) ?? null;
  const changes: JobChanges = { intent, handle: null, outcome: null, expectedMs };
  return step(runtime, job, hold, submittingStep(job), { attempt: job.attempts + 1 }, changes);
}

/** A picture comes with the answer to its submit, so for pictures submitting is generating. */
function submittingStep(job: Job): JobStep {
  const phase = phaseOf(job);
  if (phase !== 'generate') return phase === 'upscale' ? 'upscaling' : 'concatenating';
  return job.kind === 'image' ? 'generating' : 'submitting';
}

/** The handle, or the pictures, written down as soon as they are known. */
async function accept(
  runtime: RunNeeds,
  job: Job,
  submission: Submission,
  outcome: SubmitOutcome,
  hold: Hold,
): Promise<void> {
  try {
    await writeAcceptance(runtime, job, submission, outcome, hold);
  } catch (error) {
    if (!(error instanceof LeaseLostError)) throw error;
    // Somebody else took the job over while this submit was under way. What upstream accepted must not be lost with that.
    const changes = { ...acceptance(runtime, job, submission, outcome), availableAt: runtime.now() };
    const { batchId } = submission;
    const isKept = await rescueAcceptance(runtime.db, { jobId: job.id, batchId, changes });
    runtime.log.warn({ jobId: job.id, isKept }, 'a job was taken over while its submit was under way');
    runtime.signals.wakePoller();
    runtime.signals.wakeWorker();
  }
}

/** What upstream charges for one phase of a job. */
function costOf(job: Job, phase: Phase): number {
  if (phase === 'concatenate') return 0;
  const plan = planOf(job);
  return phase === 'upscale' ? plan.upscaleCost : plan.cost;
}

/** What a row says once upstream has accepted. */
function acceptance(runtime: RunNeeds, job: Job, { phase }: Submission, outcome: SubmitOutcome): JobChanges {
  const common: JobChanges = {
    acceptedAt: job.acceptedAt ?? runtime.now(),
    credits: job.credits + costOf(job, phase),
  };
  if (outcome.type === 'accepted') {
    // Joining takes no place among the generations of the account.
    const isJoin = phase === 'concatenate';
    const since = isJoin ? { since: runtime.now().getTime() } : {};
    return { ...common, handle: { ...outcome.handle, phase, ...since }, occupies: !isJoin };
  }
  const outputs = outcome.outputs.map(({ data: _data, ...output }) => output);
  return {
    ...common,
    outcome: { phase, type: 'succeeded', outputs },
    occupies: keepsPlace(job, phase),
  };
}

async function writeAcceptance(
  runtime: RunNeeds,
  job: Job,
  submission: Submission,
  outcome: SubmitOutcome,
  hold: Hold,
): Promise<void> {
  const accepted = acceptance(runtime, job, submission, outcome);
  const cost = costOf(job, submission.phase);
  if (outcome.type === 'accepted') {
    const changes: JobChanges = { ...accepted, leaseOwner: null, leaseUntil: null };
    const held = { jobId: job.id, owner: hold.owner, changes };
    if (submission.phase !== 'generate') await updateHeldJob(runtime.db, held);
    else await beginJobStep(runtime.db, { ...held, step: 'generating', now: runtime.now() });
    runtime.signals.wakePoller();
    await keepCredits(runtime, job, outcome.remainingCredits, cost);
    return;
  }
  const settled = await change(runtime, job, hold, accepted);
  await keepCredits(runtime, job, outcome.remainingCredits, cost);
  await settle(
    runtime,
    settled,
    hold,
    outcome.outputs.map((output) => output.data),
  );
}

/** Whether another phase follows that takes a place on the same account. */
export const keepsPlace = (job: Pick<Job, 'spec'>, phase: Phase): boolean =>
  phaseAfter(job, phase) === 'upscale';

/** What the account has left: as upstream says, else less by what this cost (a balance of zero is left out of answers). */
async function keepCredits(
  runtime: RunNeeds,
  job: Job,
  remaining: number | undefined,
  cost: number,
): Promise<void> {
  if (job.accountId === null || (remaining === undefined && cost === 0)) return;
  await changeHealth(runtime, job.accountId, (row) => applyCharge(row, { remaining, cost }, runtime.now()));
}

// ── A submit of unknown outcome ─────────────────────────────────────────────────────────────────────────────────────

/**
 * The answer to a submit was never seen. It is not repeated: the project's listing is searched for our ids. A match is
 * adopted; none after the grace time, or no listing, ends the job as `submission_unknown`.
 */
async function findOut(runtime: RunNeeds, job: Job, hold: Hold): Promise<void> {
  const { intent } = job;
  if (intent === null) return;
  const now = runtime.now().getTime();
  if (intent.unknownAt === undefined) return lookLater(runtime, job, hold, firstLookMs);
  const age = now - intent.unknownAt;
  const account = await accountOf(runtime, job);
  const submission: Submission = { ...intent.submission, spec: job.spec };
  const settings = runtime.settings.current();
  const graceMs = settings['flow.adoption_grace'] * 1_000;
  try {
    const found = await callWithAccess(runtime, account, (access) =>
      runtime.upstream.findSubmission(access, submission, hold.signal),
    );
    if (found.type === 'found' && !(await isDelivered(runtime, found.outcome))) {
      runtime.log.info(
        { jobId: job.id, accountId: account.id },
        'a submit whose answer was lost was found and adopted',
      );
      return await accept(runtime, job, submission, found.outcome, hold);
    }
    // One look is not enough to believe that there is no listing.
    const patience = found.type === 'unavailable' ? Math.min(graceMs, nextLookMs) : graceMs;
    if (age <= patience) return await waitForListing(runtime, job, hold, nextLookMs);
    return await giveUpUnknown(runtime, job, hold);
  } catch (error) {
    if (!isUpstreamError(error)) throw error;
    if (age > settings['generation.poll_limit'] * hourMs) return await giveUpUnknown(runtime, job, hold);
    runtime.log.info({ jobId: job.id, err: error }, 'the listing could not be searched; it is tried again');
    return await waitForListing(runtime, job, hold, Math.max(nextLookMs, Math.min(age / 4, 60_000)));
  }
}

/** Writes down since when the outcome is unknown, and comes back to look. */
async function lookLater(runtime: RunNeeds, job: Job, hold: Hold, ms: number): Promise<void> {
  const now = runtime.now().getTime();
  const intent = job.intent === null ? null : { ...job.intent, unknownAt: job.intent.unknownAt ?? now };
  await releaseJob(runtime.db, {
    jobId: job.id,
    owner: hold.owner,
    changes: { intent, availableAt: new Date(now + ms) },
  });
}

/** An equal picture that an earlier job got is not this one. */
async function isDelivered({ db }: RunNeeds, outcome: SubmitOutcome): Promise<boolean> {
  const names = outcome.type === 'finished' ? outcome.outputs.map(({ mediaName }) => mediaName) : [];
  const known = await Promise.all(names.map((name) => name !== undefined && hasMediaNamed(db, name)));
  return known.some(Boolean);
}

const giveUpUnknown = (runtime: RunNeeds, job: Job, hold: Hold) =>
  job.base !== null
    ? endLaterPhase(runtime, job, unknownSubmission, hold)
    : fail(runtime, job, unknownSubmission, hold);

const unknownSubmission: StoredError = {
  code: 'submission_unknown',
  message:
    'The answer to this submission was lost and Google does not list it. It was not sent again, so that it cannot be charged twice.',
};

async function waitForListing(runtime: RunNeeds, job: Job, hold: Hold, ms: number): Promise<void> {
  const availableAt = new Date(runtime.now().getTime() + ms);
  await releaseJob(runtime.db, { jobId: job.id, owner: hold.owner, changes: { availableAt } });
}

// ── From the outcome to the file ────────────────────────────────────────────────────────────────────────────────────

async function settle(
  runtime: RunNeeds,
  job: Job,
  hold: Hold,
  data: readonly (Uint8Array | undefined)[] = [],
): Promise<void> {
  const { outcome } = job;
  if (outcome === null) return;
  if (outcome.type === 'failed') {
    if (outcome.phase === 'concatenate') return deliver(runtime, job, job.base ?? [], hold);
    if (job.base !== null) return failAfterBase(runtime, job, outcome.error, hold);
    if (!outcome.cancelled) return fail(runtime, job, outcome.error, hold);
    return job.cancelRequestedAt === null
      ? fail(runtime, job, cancelledElsewhere, hold)
      : cancel(runtime, job, hold);
  }
  if (data.length === 0 && isFreeToRepeat(job) && outcome.outputs.every(isNowhere)) {
    // The bytes came with an answer that is gone. Asking again costs nothing.
    return submitPhase(runtime, await change(runtime, job, hold, { outcome: null, intent: null }), hold);
  }
  const following = phaseAfter(job, outcome.phase);
  if (following !== undefined && job.cancelRequestedAt !== null) {
    const media = await save(runtime, job, outcome.outputs, 'base', hold, data);
    if (media !== undefined) await finish(runtime, job, hold, { state: 'cancelled', media });
    return;
  }
  if (following !== undefined) {
    const next = await change(runtime, job, hold, {
      base: outcome.outputs,
      outcome: null,
      handle: null,
      intent: null,
      attempts: 0,
      occupies: keepsPlace(job, outcome.phase),
    });
    return submitPhase(runtime, next, hold);
  }
  if (outcome.phase === 'concatenate') return deliverJoined(runtime, job, outcome.outputs, hold);
  return deliver(runtime, job, outcome.outputs, hold, data);
}

async function deliver(
  runtime: RunNeeds,
  job: Job,
  outputs: UpstreamOutput[],
  hold: Hold,
  data: readonly (Uint8Array | undefined)[] = [],
): Promise<void> {
  const media = await save(runtime, job, outputs, 'result', hold, data);
  if (media === undefined) return;
  await finish(runtime, job, hold, { state: 'completed', media });
  if (job.accountId !== null) await noteSuccess(runtime, job.accountId, job.kind);
}

/** The whole video, with the new clip beside it. What goes on from the whole goes on from that clip. */
async function deliverJoined(
  runtime: RunNeeds,
  job: Job,
  outputs: UpstreamOutput[],
  hold: Hold,
): Promise<void> {
  const [clip] = job.base ?? [];
  const { url: _ofClip, ...known } = clip ?? {};
  const joined = await save(
    runtime,
    job,
    outputs.map((output) => ({ ...known, ...output })),
    'result',
    hold,
  );
  if (joined === undefined) return;
  const media = [...joined, ...(await tryToSaveBase(runtime, job, hold))];
  await finish(runtime, job, hold, { state: 'completed', media });
  if (job.accountId !== null) await noteSuccess(runtime, job.accountId, job.kind);
}

/** The result has it in it, so nothing waits for it. */
async function tryToSaveBase(runtime: RunNeeds, job: Job, hold: Hold): Promise<NewMediaRow[]> {
  try {
    const account = await accountOf(runtime, job);
    return await callWithAccess(runtime, account, (access) =>
      saveOutputs(runtime, {
        job,
        access,
        outputs: job.base ?? [],
        role: 'base',
        data: [],
        signal: hold.signal,
      }),
    );
  } catch (error) {
    if (hold.signal.aborted) throw error;
    runtime.log.warn({ jobId: job.id, err: error }, 'the new clip of a joined video could not be stored');
    return [];
  }
}

const isNowhere = ({ mediaName, url, concatenation }: UpstreamOutput): boolean =>
  mediaName === undefined && url === undefined && concatenation === undefined;

const cancelledElsewhere: StoredError = {
  code: 'upstream_failed',
  message: 'Google ended this generation without a result; nobody asked this gateway to cancel it.',
};

/** The files, stored; `undefined` when that has to be tried again later. */
async function save(
  runtime: RunNeeds,
  job: Job,
  outputs: UpstreamOutput[],
  role: 'result' | 'base',
  hold: Hold,
  data: readonly (Uint8Array | undefined)[] = [],
): Promise<NewMediaRow[] | undefined> {
  const saving =
    job.step === 'saving' ? job : await step(runtime, job, hold, 'saving', { files: outputs.length });
  const account = await accountOf(runtime, saving);
  try {
    return await callWithAccess(runtime, account, (access) =>
      saveOutputs(runtime, { job: saving, access, outputs, role, data, signal: hold.signal }),
    );
  } catch (error) {
    if (hold.signal.aborted || error instanceof LeaseLostError) throw error;
    const since = saving.acceptedAt ?? saving.createdAt;
    const age = runtime.now().getTime() - (await firstStepAt(runtime, saving, 'saving', since)).getTime();
    const isOfLaterPhase = saving.base !== null && role === 'result' && saving.outcome?.type === 'succeeded';
    const isJoined = isOfLaterPhase && saving.outcome?.phase === 'concatenate';
    const limitMs = isJoined ? joinPatienceMs : runtime.settings.current()['generation.poll_limit'] * hourMs;
    if (age > limitMs) {
      if (isOfLaterPhase) await endLaterPhase(runtime, saving, toStoredError(error), hold);
      else await fail(runtime, saving, toStoredError(error), hold);
      return undefined;
    }
    runtime.log.warn(
      { jobId: saving.id, accountId: account.id, err: error },
      'a finished file could not be stored yet; it is tried again',
    );
    const pauseMs = Math.min(longestSavePauseMs, Math.max(1_000, age / 2));
    await releaseJob(runtime.db, {
      jobId: saving.id,
      owner: hold.owner,
      changes: { availableAt: new Date(runtime.now().getTime() + pauseMs) },
    });
    return undefined;
  }
}

/** When the job came to this step first. */
async function firstStepAt(runtime: RunNeeds, job: Job, step: JobStep, otherwise: Date): Promise<Date> {
  const steps = await listJobSteps(runtime.db, job.id);
  return steps.find(({ name }) => name === step)?.startedAt ?? otherwise;
}

/** An upscale or a join has ended without a result. Written down first, so that storing the base can be tried again. */
async function endLaterPhase(runtime: RunNeeds, job: Job, error: StoredError, hold: Hold): Promise<void> {
  const outcome: Outcome = { phase: phaseOf(job), type: 'failed', error, cancelled: false };
  return settle(runtime, await change(runtime, job, hold, { outcome, occupies: false }), hold);
}

/** What was made before an upscale that failed is paid for, so it is stored all the same. */
async function failAfterBase(runtime: RunNeeds, job: Job, error: StoredError, hold: Hold): Promise<void> {
  const media = await save(runtime, job, job.base ?? [], 'base', hold);
  if (media !== undefined)
    await finish(runtime, job, hold, { state: 'failed', error: upscaleFailed(error), media });
}

const unknownParts: StoredError = {
  code: 'upstream_failed',
  message: 'Which clips of Google that video is made of is not known.',
};

const upscaleFailed = (error: StoredError): StoredError => ({
  ...error,
  code:
    error.code === 'content_refused' || error.code === 'submission_unknown' ? error.code : 'upstream_failed',
  message: `The upscale failed: ${error.message} What was made before it is kept.`,
});

// ── Ends ────────────────────────────────────────────────────────────────────────────────────────────────────────────

const fail = (
  runtime: RunNeeds,
  job: Job,
  error: StoredError,
  hold: Hold,
  changes?: JobChanges,
): Promise<void> =>
  finish(runtime, job, hold, {
    state: 'failed',
    error,
    media: [],
    ...(changes === undefined ? {} : { changes }),
  });

/** Nothing came of it: an intent that was never submitted is no acceptance. */
const cancel = (runtime: RunNeeds, job: Job, hold: Hold): Promise<void> =>
  finish(runtime, job, hold, {
    state: 'cancelled',
    media: [],
    ...(job.acceptedAt === null ? { changes: { intent: null } } : {}),
  });

async function finish(
  runtime: RunNeeds,
  job: Job,
  hold: Hold,
  end: {
    state: 'completed' | 'failed' | 'cancelled';
    error?: StoredError;
    media: NewMediaRow[];
    changes?: JobChanges;
  },
): Promise<void> {
  const inputs = await listJobInputs(runtime.db, job.id);
  const endedAt = runtime.now();
  await finishJob(runtime.db, { jobId: job.id, owner: hold.owner, now: endedAt, ...end });
  runtime.metrics.noteJobEnd({ kind: job.kind, state: end.state, createdAt: job.createdAt, endedAt });
  runtime.signals.notify(job.id);
  runtime.signals.wakeWorker();
  runtime.posters.prepare(end.media.map(({ id }) => id));
  if (job.accountId !== null) {
    await notePlaceFreed(runtime, job.accountId);
    await finishRemoval(runtime, job.accountId);
  }
  await dropInputs(runtime, inputs);
}

/** Whatever went wrong beyond what is foreseen: an accepted job is tried again later, another one ends with a reason. */
async function giveBack(runtime: RunNeeds, job: Job, hold: Hold, error: unknown): Promise<void> {
  if (error instanceof LeaseLostError) return;
  try {
    if (hold.signal.aborted) {
      await releaseJob(runtime.db, { jobId: job.id, owner: hold.owner, changes: {} });
      return;
    }
    runtime.log.error({ jobId: job.id, err: error }, 'a job failed in an unforeseen way');
    const current = toJob(await updateHeldJob(runtime.db, { jobId: job.id, owner: hold.owner, changes: {} }));
    const isPaid = current.acceptedAt !== null || current.intent !== null;
    const age = runtime.now().getTime() - current.createdAt.getTime();
    if (isPaid && age < runtime.settings.current()['generation.poll_limit'] * hourMs) {
      const availableAt = new Date(runtime.now().getTime() + crashPauseMs);
      await releaseJob(runtime.db, { jobId: job.id, owner: hold.owner, changes: { availableAt } });
      return;
    }
    if (current.base !== null) await endLaterPhase(runtime, current, toStoredError(error), hold);
    else await fail(runtime, current, toStoredError(error), hold);
  } catch (second) {
    // The lease ends by itself, and another run goes on from what is written.
    if (!(second instanceof LeaseLostError))
      runtime.log.error({ jobId: job.id, err: second }, 'a job could not be given back');
  }
}

// ── Small parts ─────────────────────────────────────────────────────────────────────────────────────────────────────

function planOf(job: Job): FlowPlan {
  const plan = job.tier === null ? undefined : flowPlanFor(job.spec, job.tier);
  if (plan === undefined) throw new Error(`job ${job.id} has no plan for the tier of its account`);
  return plan;
}

async function accountOf({ db }: RunNeeds, job: Job): Promise<AccountRow> {
  const row = job.accountId === null ? undefined : await findAccount(db, job.accountId);
  if (row === undefined)
    throw new GatewayError('no_account_available', 'The account of this job has been removed.');
  return row;
}

const change = async ({ db }: RunNeeds, job: Job, { owner }: Hold, changes: JobChanges): Promise<Job> =>
  toJob(await updateHeldJob(db, { jobId: job.id, owner, changes }));

async function step(
  { db, now, signals }: RunNeeds,
  job: Job,
  { owner }: Hold,
  name: JobStep,
  detail: Record<string, unknown>,
  changes: JobChanges = {},
): Promise<Job> {
  const row = await beginJobStep(db, { jobId: job.id, owner, step: name, detail, now: now(), changes });
  signals.notify(job.id);
  return toJob(row);
}

const deadlineSignal = ({ now }: RunNeeds, job: Job): AbortSignal =>
  AbortSignal.timeout(
    Math.max(1, job.acceptedAt === null ? job.deadlineAt.getTime() - now().getTime() : hourMs),
  );

function pause(ms: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  return new Promise((done, stop) => {
    const abort = () => {
      clearTimeout(timer);
      stop(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', abort);
      done();
    }, ms);
    signal.addEventListener('abort', abort, { once: true });
  });
}
