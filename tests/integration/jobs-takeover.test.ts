import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { eq } from 'drizzle-orm';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { findAccount, updateAccount } from '@/db/repositories/accounts';
import { claimResumable, failUnheldJob, requeueJob, rescueAcceptance } from '@/db/repositories/jobs';
import { findLease } from '@/db/repositories/leases';
import { removeAccount } from '@/lib/accounts/remove';
import { cancelJob } from '@/lib/generation/view';
import { countCalls } from '../simulator/stats';
import { references } from '../support/pictures';
import { startTestProgram, type TestProgram, type TestProgramOptions, until } from '../support/test-runtime';

const video = 'veo_3_1_t2v_fast_landscape';
const hour = 3_600_000;
const dialects = ['sqlite', 'postgres'] as const;

let program: TestProgram;
const start = async (options?: TestProgramOptions) => {
  program = await startTestProgram(options);
  return program;
};
afterEach(async () => {
  vi.useRealTimers();
  await program.stop();
});

const tables = () => program.runtime.db.tables;
const setJob = async (id: string, changes: Record<string, unknown>) => {
  await program.runtime.db.update(tables().jobs).set(changes).where(eq(tables().jobs.id, id));
};
/** What the key of the program has used. */
const used = async () => {
  const [day] = await program.runtime.db.select().from(tables().keyDays);
  return { videos: day?.videos ?? 0, credits: day?.credits ?? 0 };
};
const cancel = (id: string) => cancelJob(program.runtime, id, { apiKeyId: program.apiKey.id });
const running = async (changes: Record<string, unknown> = {}) => {
  const id = await program.submit({ model: video });
  await setJob(id, {
    state: 'running',
    leaseOwner: 'me',
    leaseUntil: new Date(Date.now() + hour),
    ...changes,
  });
  return id;
};

describe.each(dialects)('an acceptance that comes after the job was taken over, on %s', (dialect) => {
  test('is kept, and what it cost is counted once for the key', async () => {
    const { addAccount, submit, events, job, simulator } = await start({
      dialect,
      simulator: { listing: 'withheld' },
    });
    await addAccount();
    simulator.inject({ call: 't2v', effect: { type: 'slow', delayMs: 1_200 } });
    const id = await submit({ model: video });
    await until(async () => (await job(id)).intent !== null);
    await setJob(id, { leaseOwner: 'another process', leaseUntil: new Date(Date.now() + 60_000) });
    expect((await events(id)).at(-1)).toMatchObject({ type: 'completed' });
    expect(await job(id)).toMatchObject({ credits: 20 });
    expect(await used()).toEqual({ videos: 1, credits: 20 });
  });

  test('brings a job back that was given up as unknown, and no other one', async () => {
    const { addAccount, job, runtime } = await start({ dialect, services: false });
    await addAccount();
    const intent = { submission: { batchId: 'batch-1' }, at: Date.now() };
    const changes = { credits: 20, acceptedAt: new Date() };
    const rescue = (jobId: string, batchId: string) =>
      rescueAcceptance(runtime.db, { jobId, batchId, changes });

    const unknown = await running({ state: 'failed', error: { code: 'submission_unknown' }, intent });
    expect(await rescue(unknown, 'batch-2')).toBe(false);
    expect(await rescue(unknown, 'batch-1')).toBe(true);
    expect(await job(unknown)).toMatchObject({
      state: 'running',
      error: null,
      leaseOwner: null,
      credits: 20,
    });
    expect(await used()).toMatchObject({ credits: 20 });

    const ended = await running({ state: 'failed', error: { code: 'content_refused' }, intent });
    expect(await rescue(ended, 'batch-1')).toBe(false);
    const known = await running({ handle: { name: 'op' }, intent });
    expect(await rescue(known, 'batch-1')).toBe(false);
    expect(await used()).toMatchObject({ credits: 20 });
  });
});

describe.each(dialects)('on %s', (dialect) => {
  test('a cancelled job that would go back into the queue ends instead, with its pictures, and is not counted', async () => {
    const { addAccount, submit, job, runtime } = await start({ dialect, services: false });
    await addAccount();
    const id = await submit({ model: 'veo_3_1_r2v_fast', references: await references(1) });
    expect(await used()).toMatchObject({ videos: 1 });
    await setJob(id, { state: 'running', leaseOwner: 'me', cancelRequestedAt: new Date() });
    const now = new Date();
    const back = { jobId: id, owner: 'me', avoid: [], attempts: 1, availableAt: now, now };
    expect(await requeueJob(runtime.db, back)).toMatchObject({ state: 'cancelled', endedAt: now });
    expect(await job(id)).toMatchObject({ state: 'cancelled', accountId: null, occupies: false });
    expect(await runtime.db.select().from(tables().jobInputs)).toEqual([]);
    expect(await used()).toMatchObject({ videos: 0 });
  });

  test.each([
    ['that nobody holds', { leaseOwner: null, leaseUntil: null }, true, 0],
    ['whose holder has died', { leaseUntil: new Date(0) }, true, 0],
    ['that somebody works on', {}, false, 1],
    ['that may have been submitted', { leaseUntil: null, intent: { at: 1 } }, true, 1],
    ['that was accepted', { leaseUntil: null, acceptedAt: new Date() }, true, 1],
    ['that has ended', { leaseUntil: null, state: 'completed' }, false, 1],
  ])(
    'of jobs that can never go on, one %s is ended and given back to its key as it should be',
    async (_what, part, ends, videos) => {
      const { addAccount, job, runtime } = await start({ dialect, services: false });
      await addAccount();
      const id = await running({ occupies: true, ...part });
      const error = { code: 'upstream_failed', message: 'x' };
      expect(await failUnheldJob(runtime.db, { jobId: id, error, now: new Date() })).toBe(ends);
      if (ends) expect(await job(id)).toMatchObject({ state: 'failed', error, occupies: false });
      else expect((await job(id)).state).not.toBe('failed');
      expect(await used()).toMatchObject({ videos });
    },
  );
});

test('the grace time of a lost answer begins when it was lost, not when the submit began', async () => {
  const { addAccount, submit, events, job, simulator } = await start({
    simulator: { listingDelayMs: 4_000 },
    settings: { 'flow.adoption_grace': 12 },
  });
  await addAccount();
  simulator.inject({ call: 't2v', effect: { type: 'reset', when: 'after' } });
  const id = await submit({ model: video });
  await until(async () => (await job(id)).intent?.unknownAt !== undefined);
  // As after an hour in which no process ran: the intent is old, and nobody has looked for its outcome yet.
  const { intent } = await job(id);
  await setJob(id, { intent: { submission: intent?.submission, at: Date.now() - hour } });
  expect((await events(id)).at(-1)).toMatchObject({ type: 'completed' });
  expect(simulator.stats().operations).toHaveLength(1);
});

describe('the poller', () => {
  const accepted = async (count: number) => {
    const ids = await Promise.all(Array.from({ length: count }, () => program.submit({ model: video })));
    for (const id of ids) await until(async () => (await program.job(id)).handle !== null);
    return ids;
  };

  test('keeps its lease while a status call takes long', async () => {
    const { addAccount, runtime, simulator } = await start({ simulator: { videoDurationMs: 60_000 } });
    const { id } = await addAccount();
    // From before the first turn on: the interval of a turn that has begun is not one of these.
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    simulator.inject({ call: 'checkStatus', times: 9, effect: { type: 'slow', delayMs: 1_500 } });
    await accepted(1);
    await until(() => simulator.stats().faults.length > 0);
    const lease = async () =>
      (await findLease(runtime.db, { name: `poll:${id}`, now: new Date() }))?.until.getTime() ?? 0;
    const before = await lease();
    await new Promise((done) => setTimeout(done, 300));
    await vi.advanceTimersByTimeAsync(20_000);
    expect(simulator.stats().faults).toHaveLength(1); // still the same call
    await until(async () => (await lease()) > before + 200, 1_000);
  });

  test('asks about all others although one call fails every time', async () => {
    const { addAccount, runtime, job, events } = await start({
      simulator: { videoDurationMs: 400 },
      settings: { 'flow.poll_batch': 1 },
    });
    await addAccount();
    const poll = runtime.upstream.poll;
    let spoilt: string | undefined;
    runtime.upstream.poll = (access, handles, signal) => {
      spoilt ??= handles[0]?.name;
      return handles.some(({ name }) => name === spoilt)
        ? Promise.reject(new Error('this one breaks'))
        : poll.call(runtime.upstream, access, handles, signal);
    };
    const ids = await accepted(4);
    await until(async () => {
      const states = await Promise.all(ids.map(async (id) => (await job(id)).state));
      return states.filter((state) => state === 'completed').length === 3;
    });
    runtime.upstream.poll = poll;
    for (const id of ids) expect((await events(id)).at(-1)).toMatchObject({ type: 'completed' });
  });

  test('passes a wish to cancel on again until upstream has heard it', async () => {
    const { addAccount, events, simulator } = await start({ simulator: { videoDurationMs: 60_000 } });
    await addAccount();
    const [id = ''] = await accepted(1);
    simulator.inject({ call: 'cancelGeneration', effect: { type: 'status', status: 500 } });
    simulator.inject({ call: 'cancelGeneration', effect: { type: 'reset', when: 'before' } });
    await cancel(id);
    expect((await events(id)).at(-1)).toEqual({ type: 'cancelled' });
    expect(countCalls(simulator.stats(), 'cancelGeneration')).toBe(3);
  });
});

describe.each(dialects)('an account that is deleted while it works, on %s', (dialect) => {
  const actor = { administrator: { id: 'adm', name: 'ada' } };

  test('goes with its last job, at once, and no paid result is lost', async () => {
    const { addAccount, submit, events, job, runtime, simulator } = await start({
      dialect,
      simulator: { videoDurationMs: 700 },
    });
    await runtime.loops.find(({ name }) => name === 'remove-accounts')?.stop();
    const account = await addAccount();
    const first = await submit({ model: video });
    await until(async () => (await job(first)).handle !== null);
    simulator.options.videoDurationMs = 2_500;
    const last = await submit({ model: video });
    await until(async () => (await job(last)).handle !== null);
    expect(await removeAccount(runtime, { id: account.id, actor })).toMatchObject({
      is_removed: false,
      running: 2,
    });
    expect((await events(first)).at(-1)).toMatchObject({ type: 'completed' });
    expect(await findAccount(runtime.db, account.id)).toBeDefined();

    const end = (await events(last)).at(-1);
    expect(end).toMatchObject({ type: 'completed', media: [{ kind: 'video' }] });
    await until(async () => (await findAccount(runtime.db, account.id)) === undefined, 1_000);
    expect(await runtime.db.select().from(tables().projects)).toEqual([]);
    const files = await readdir(join(runtime.env.dataDir, 'media'), { recursive: true });
    for (const id of [first, last]) {
      expect(await job(id)).toMatchObject({
        state: 'completed',
        accountId: null,
        accountEmail: account.email,
      });
      const [file] = await runtime.db.select().from(tables().media).where(eq(tables().media.jobId, id));
      expect(file).toMatchObject({ accountEmail: account.email });
      expect(files).toContain(file?.storageKey);
    }
  });

  test('goes at once with a job that leaves it before acceptance', async () => {
    const { addAccount, submit, job, events, runtime, simulator } = await start({ dialect });
    await runtime.loops.find(({ name }) => name === 'remove-accounts')?.stop();
    const account = await addAccount({ challenge: 'video' });
    const other = await addAccount();
    const resting = { cooldownUntil: new Date(Date.now() + 2_500) };
    await updateAccount(runtime.db, other.id, resting, new Date());
    simulator.options.latencyMs = 400;
    const id = await submit({ model: video });
    await until(async () => (await job(id)).intent !== null);
    await removeAccount(runtime, { id: account.id, actor });
    expect((await events(id)).at(-1)).toMatchObject({ type: 'completed' });
    expect((await job(id)).accountId).toBe(other.id);
    await until(async () => (await findAccount(runtime.db, account.id)) === undefined, 1_000);
  });
});

test('a job of a dead process is taken up once, however many look', async () => {
  const { addAccount, runtime } = await start({ services: false, dialect: 'postgres' });
  await addAccount();
  await running({ leaseUntil: new Date(0), availableAt: new Date(0) });
  const now = new Date();
  const claims = await Promise.all(
    ['a', 'b', 'c', 'd'].map((owner) =>
      claimResumable(runtime.db, {
        owner,
        now,
        leaseUntil: new Date(now.getTime() + hour),
        limit: 5,
        except: [],
      }),
    ),
  );
  expect(claims.flat()).toHaveLength(1);
});
