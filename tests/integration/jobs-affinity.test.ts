import { afterEach, describe, expect, test } from 'vitest';
import { GET as readJob } from '@/app/api/v1/admin/jobs/[id]/route';
import { type AccountRow, findAccount, updateAccount } from '@/db/repositories/accounts';
import { removeAccount } from '@/lib/accounts/remove';
import { startTestProgram, type TestProgram, type TestProgramOptions, until } from '../support/test-runtime';
import { call, signedIn } from './admin-console';

const video = 'veo_3_1_t2v_fast_landscape';
const extend = 'veo_3_1_extend';
const image = 'gemini-3.1-flash-image';
const always = Number.POSITIVE_INFINITY;
const actor = { administrator: { id: 'adm', name: 'ada' } };

let program: TestProgram;
const start = async (options?: TestProgramOptions) => {
  program = await startTestProgram(options);
  return program;
};
afterEach(() => program.stop());

const change = (id: string, part: Parameters<typeof updateAccount>[2]) =>
  updateAccount(program.runtime.db, id, part, new Date());

/** A video, and the accounts: the one that made it, with room for one more, and others that have nothing to do. */
async function madeByOne(idle = 3): Promise<{ source: string; maker: AccountRow }> {
  const maker = await program.addAccount({}, { videoConcurrency: 1 });
  const end = (await program.events(await program.submit({ model: video }))).at(-1);
  const source = end?.type === 'completed' ? end.media[0]?.id : undefined;
  if (source === undefined) throw new Error('no video to go on from');
  for (let count = 0; count < idle; count += 1) await program.addAccount();
  program.simulator.resetStats();
  return { source, maker };
}

describe('what goes on from a video goes to the account that made it', () => {
  test.each(['random_least_loaded', 'round_robin'] as const)(
    'however idle the others are, with %s',
    async (strategy) => {
      const { submit, events, job, simulator } = await start({ settings: { 'routing.strategy': strategy } });
      const { source, maker } = await madeByOne();
      for (let count = 0; count < 3; count += 1) {
        const id = await submit({ model: extend, sourceVideo: source });
        expect((await events(id)).at(-1)).toMatchObject({ type: 'completed' });
        expect((await job(id)).accountId).toBe(maker.id);
      }
      expect(simulator.stats().refusals).toEqual([]);
    },
  );

  test('and waits for it while it is busy', async () => {
    const { submit, events, job, simulator } = await start();
    const { source, maker } = await madeByOne();
    simulator.options.videoDurationMs = 1_500;
    const first = await submit({ model: extend, sourceVideo: source });
    await until(async () => (await job(first)).handle !== null);
    const second = await submit({ model: extend, sourceVideo: source });
    const other = await submit({ model: video });
    await until(async () => (await job(other)).handle !== null); // the queue has had its turn
    expect((await job(second)).state).toBe('queued');
    expect((await job(other)).accountId).not.toBe(maker.id);
    expect((await events(second)).at(-1)).toMatchObject({ type: 'completed' });
    expect((await job(second)).accountId).toBe(maker.id);
    expect(simulator.stats().concurrency.find(({ account }) => account === maker.email)?.videos).toBe(1);
  });

  test.each([
    ['switched off', { enabled: false }, 'no_account_available', 'is switched off'],
    ['signed out', { expiredAt: new Date(), expiredReason: 'dead' }, 'no_account_available', 'is signed out'],
    ['out of credits', { credits: 0 }, 'no_account_available', 'too few credits'],
    ['on its way out', { removedAt: new Date() }, 'invalid_request', 'was removed'],
  ] as const)('and is refused clearly at once when it is %s', async (_how, part, code, words) => {
    const { submit } = await start();
    const { source, maker } = await madeByOne();
    await change(maker.id, part);
    await expect(submit({ model: extend, sourceVideo: source })).rejects.toMatchObject({
      code,
      message: expect.stringContaining(words),
    });
  });

  test('and is refused clearly when it is gone', async () => {
    const { submit, runtime } = await start();
    const { source, maker } = await madeByOne();
    await removeAccount(runtime, { id: maker.id, actor });
    expect(await findAccount(runtime.db, maker.id)).toBeUndefined();
    await expect(submit({ model: extend, sourceVideo: source })).rejects.toMatchObject({
      code: 'invalid_request',
      wireCode: 'source_account_gone',
    });
  });

  test('and ends clearly when it goes while the job waits for it', async () => {
    const { submit, events, job, runtime, simulator } = await start();
    const { source, maker } = await madeByOne();
    simulator.options.videoDurationMs = 2_000;
    const running = await submit({ model: extend, sourceVideo: source });
    await until(async () => (await job(running)).handle !== null);
    const waiting = await submit({ model: extend, sourceVideo: source });
    await removeAccount(runtime, { id: maker.id, actor });
    runtime.signals.wakeWorker();
    expect((await events(waiting)).at(-1)).toMatchObject({
      type: 'failed',
      error: { code: 'no_account_available', message: expect.stringContaining('was removed') },
      accepted: false,
    });
    expect((await events(running)).at(-1)).toMatchObject({ type: 'completed' });
  });
});

test('a picture of an earlier answer may be used on any account: its bytes go along', async () => {
  const { addAccount, submit, events, job, simulator } = await start({
    env: { PUBLIC_URL: 'http://gw.example' },
  });
  const maker = await addAccount();
  const end = (await events(await submit({ model: image }))).at(-1);
  const [file] = end?.type === 'completed' ? end.media : [];
  await change(maker.id, { enabled: false });
  const other = await addAccount();
  const url = `http://gw.example/media/${file?.id}.png`;
  const id = await submit({ model: image, references: [{ type: 'url', url }] });
  expect((await events(id)).at(-1)).toMatchObject({ type: 'completed' });
  expect((await job(id)).accountId).toBe(other.id);
  expect(simulator.stats().operations.at(-1)?.referenceMediaIds).toHaveLength(1);
});

describe('fail-over before acceptance', () => {
  const adminView = async (id: string) => {
    program.makeGlobal();
    const cookie = await signedIn(program.runtime);
    return (await call(readJob, 'GET', `/api/v1/admin/jobs/${id}`, { cookie })).json;
  };
  type Step = { name: string; detail: { account?: string; refusals?: Record<string, unknown>[] } };

  test('keeps why each account refused in the steps of the job', async () => {
    const { addAccount, submit, events, simulator } = await start();
    const bad = await addAccount();
    simulator.inject({
      call: 'batchGenerateImages',
      account: bad.email,
      times: always,
      effect: { type: 'status', status: 429, reason: 'PUBLIC_ERROR_USER_REQUESTS_THROTTLED' },
    });
    const good = await addAccount({}, { imageConcurrency: 1 });
    await change(good.id, { cooldownUntil: new Date(Date.now() + 700) });
    const id = await submit({ model: image });
    expect((await events(id)).at(-1)).toMatchObject({ type: 'completed' });
    const view = await adminView(id);
    const steps = view.steps as Step[];
    expect(
      steps.filter(({ name }) => name === 'account_selected').map(({ detail }) => detail.account),
    ).toEqual([bad.email, good.email]);
    expect(steps.flatMap(({ detail }) => detail.refusals ?? [])).toMatchObject([
      {
        code: 'upstream_unavailable',
        account: 'cooldown',
        status: 429,
        reason: 'PUBLIC_ERROR_USER_REQUESTS_THROTTLED',
        at: expect.any(String),
      },
    ]);
    expect(view.refused_by).toEqual([bad.id]);
    expect(JSON.stringify(view)).not.toContain('ya29.');
  });

  test('is bounded: so many accounts are tried as the setting says, and no more', async () => {
    const { addAccount, submit, events, simulator } = await start({
      settings: { 'generation.max_attempts': 3 },
    });
    for (let count = 0; count < 6; count += 1) await addAccount();
    simulator.inject({
      call: 'batchGenerateImages',
      times: always,
      effect: { type: 'status', status: 429, reason: 'PUBLIC_ERROR_USER_REQUESTS_THROTTLED' },
    });
    const id = await submit({ model: image });
    expect((await events(id)).at(-1)).toMatchObject({ type: 'failed', accepted: false });
    expect(simulator.stats().faults).toHaveLength(3);
    const { steps } = (await adminView(id)) as { steps: Step[] };
    expect(steps.flatMap(({ detail }) => detail.refusals ?? [])).toHaveLength(3);
  });

  test('goes past any number of dead sessions to an account that works', async () => {
    const { addAccount, submit, events, job, simulator } = await start({
      settings: { 'generation.max_attempts': 2 },
    });
    for (let count = 0; count < 5; count += 1) {
      const { id, email } = await addAccount();
      simulator.account(email).dead = true;
      await change(id, { accessTokenIssuedAt: new Date(0), accessTokenExpiresAt: new Date(1) });
    }
    const good = await addAccount();
    await change(good.id, { cooldownUntil: new Date(Date.now() + 1_500) });
    const id = await submit({ model: image });
    expect((await events(id)).at(-1)).toMatchObject({ type: 'completed' });
    expect((await job(id)).accountId).toBe(good.id);
  });
});
