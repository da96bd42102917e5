import { afterEach, describe, expect, test } from 'vitest';
import { findAccount, updateAccount } from '@/db/repositories/accounts';
import { refreshAccess } from '@/lib/accounts/access-token';
import { viewAccountDetail } from '@/lib/accounts/detail';
import { replaceSessionToken } from '@/lib/accounts/refresh';
import type { SimulatorFault } from '../simulator/contract';
import { startTestProgram, type TestProgram, type TestProgramOptions, until } from '../support/test-runtime';

let program: TestProgram;
const start = async (options?: TestProgramOptions) => {
  program = await startTestProgram(options);
  return program;
};
afterEach(() => program.stop());

const always = Number.POSITIVE_INFINITY;

describe('before acceptance another account takes over', () => {
  test.each([
    ['from a dead session', { call: 'session', effect: { type: 'json', status: 200, body: {} } }],
    [
      'from a challenge',
      {
        call: 'batchGenerateImages',
        effect: { type: 'status', status: 403, reason: 'PUBLIC_ERROR_UNUSUAL_ACTIVITY' },
      },
    ],
    [
      'from a plan that is too low',
      {
        call: 'batchGenerateImages',
        effect: { type: 'status', status: 403, reason: 'PUBLIC_ERROR_MODEL_ACCESS_DENIED' },
      },
    ],
    ['from an unexplained 403', { call: 'batchGenerateImages', effect: { type: 'status', status: 403 } }],
    [
      'from throttling',
      {
        call: 'batchGenerateImages',
        effect: { type: 'status', status: 429, reason: 'PUBLIC_ERROR_USER_REQUESTS_THROTTLED' },
      },
    ],
    [
      'from a used-up quota',
      {
        call: 'batchGenerateImages',
        effect: { type: 'status', status: 429, reason: 'PUBLIC_ERROR_USER_QUOTA_REACHED' },
      },
    ],
    ['from a 429 without a reason', { call: 'batchGenerateImages', effect: { type: 'status', status: 429 } }],
    [
      'from overload',
      {
        call: 'batchGenerateImages',
        effect: { type: 'status', status: 503, reason: 'PUBLIC_ERROR_HIGH_TRAFFIC' },
      },
    ],
    [
      'from errors that do not stop',
      { call: 'batchGenerateImages', effect: { type: 'status', status: 500 } },
    ],
    [
      'from access tokens that are never accepted',
      { call: 'batchGenerateImages', effect: { type: 'status', status: 401 } },
    ],
  ] as const)('%s', async (_name, fault) => {
    const { addAccount, submit, events, job, simulator } = await start();
    const bad = await addAccount();
    const good = await addAccount({}, { imageConcurrency: 1 });
    // Busy for a moment, so that the other one is chosen first.
    const first = await submit({ model: 'gemini-3.1-flash-image' });
    await events(first);
    if (fault.call === 'session') simulator.account(bad.email).accessTokens.clear();
    simulator.inject({ ...fault, account: bad.email, times: always } as SimulatorFault);
    const ids = await Promise.all(
      Array.from({ length: 4 }, () => submit({ model: 'gemini-3.1-flash-image' })),
    );
    for (const id of ids) {
      expect((await events(id)).at(-1)).toMatchObject({ type: 'completed' });
      expect((await job(id)).accountId).toBe(good.id);
    }
    expect(simulator.stats().operations).toHaveLength(5);
  });
});

test('a content refusal is no reason to ask another account', async () => {
  const { addAccount, submit, events, simulator } = await start();
  await addAccount();
  await addAccount();
  const id = await submit({ model: 'gemini-3.1-flash-image', prompt: 'unsafe-prompt' });
  expect((await events(id)).at(-1)).toMatchObject({
    type: 'failed',
    error: { code: 'content_refused' },
    accepted: false,
  });
  expect(simulator.stats().calls.find(({ call }) => call === 'batchGenerateImages')?.count).toBe(1);
});

test('after acceptance the job stays with the account that paid', async () => {
  const { addAccount, submit, events, job, simulator } = await start({
    simulator: { videoDurationMs: 1_000 },
  });
  await addAccount();
  const id = await submit({ model: 'veo_3_1_t2v_fast_landscape' });
  const handled = await until(async () => {
    const now = await job(id);
    return now.handle === null ? undefined : now;
  });
  await addAccount();
  simulator.inject({ call: 'checkStatus', effect: { type: 'status', status: 500 }, times: 3 });
  expect((await events(id)).at(-1)).toMatchObject({ type: 'completed' });
  expect((await job(id)).accountId).toBe(handled.accountId);
  expect(simulator.stats().operations).toHaveLength(1);
});

test('an account that had run out serves again once it has credits', async () => {
  const { addAccount, submit, events, simulator, runtime } = await start();
  const account = await addAccount({ credits: 20 });
  const model = 'veo_3_1_t2v_fast_landscape';
  expect((await events(await submit({ model }))).at(-1)).toMatchObject({ type: 'completed' });
  await expect(submit({ model })).rejects.toMatchObject({ code: 'no_account_available' });
  simulator.account(account.email).credits = 100;
  const row = await findAccount(runtime.db, account.id);
  if (row === undefined) throw new Error('the account is gone');
  await refreshAccess(runtime, row);
  expect((await events(await submit({ model }))).at(-1)).toMatchObject({ type: 'completed' });
});

describe('an access token', () => {
  test('that has expired is exchanged once, however many jobs need it', async () => {
    const { addAccount, submit, events, simulator } = await start();
    const account = await addAccount();
    simulator.account(account.email).accessTokens.clear();
    simulator.resetStats();
    const ids = await Promise.all(
      Array.from({ length: 50 }, () => submit({ model: 'gemini-3.1-flash-image' })),
    );
    for (const id of ids) expect((await events(id)).at(-1)).toMatchObject({ type: 'completed' });
    expect(simulator.stats().tokenExchanges).toEqual([{ account: account.email, count: 1 }]);
  });
});

test('an account whose rest ends in time is waited for, where there is no other', async () => {
  const { addAccount, submit, events, simulator } = await start();
  await addAccount();
  simulator.inject({ call: 'batchGenerateImages', effect: { type: 'status', status: 429, retryAfter: 1 } });
  const id = await submit({ model: 'gemini-3.1-flash-image' });
  expect((await events(id)).at(-1)).toMatchObject({ type: 'completed' });
});

test('a rest that outlasts the job is told with when it is over', async () => {
  const { addAccount, submit, events, simulator } = await start();
  await addAccount();
  simulator.inject({
    call: 'batchGenerateImages',
    effect: { type: 'status', status: 429, retryAfter: 7_200 },
  });
  const end = (await events(await submit({ model: 'gemini-3.1-flash-image' }))).at(-1);
  const retryAfterSeconds = end?.type === 'failed' ? end.error.retryAfterSeconds : undefined;
  expect(retryAfterSeconds).toBeGreaterThan(7_000);
  expect(retryAfterSeconds).toBeLessThanOrEqual(7_200);
});

test('a proxy that cannot be opened leaves its account out, and the next one serves', async () => {
  const { addAccount, submit, events, runtime } = await start();
  const broken = await addAccount();
  await addAccount();
  const sealed = runtime.secrets.seal('http://u:p@127.0.0.1:1');
  const proxyUrlSealed = `${sealed.slice(0, -6)}AAAAAA`;
  await updateAccount(runtime.db, broken.id, { proxyUrlSealed }, new Date());
  for (let count = 0; count < 4; count += 1) {
    const id = await submit({ model: 'gemini-3.1-flash-image' });
    expect((await events(id)).at(-1)).toMatchObject({ type: 'completed' });
  }
  const row = await findAccount(runtime.db, broken.id);
  if (row === undefined) throw new Error('the account is gone');
  expect(row.expiredReason).toBe('unreadable');
  expect((await viewAccountDetail(runtime, row)).proxy).toContain('Cannot be opened');
  const actor = { administrator: { id: 'adm', name: 'ada' }, requestId: 'req_test' };
  const sessionToken = runtime.secrets.open(broken.sessionTokenSealed ?? '');
  const how = { id: broken.id, actor, sessionToken };
  expect(await replaceSessionToken(runtime, how, AbortSignal.timeout(5_000))).toMatchObject({
    expiredAt: null,
    proxyUrlSealed: null,
  });
});

describe.each(['sqlite', 'postgres'] as const)('the queue on %s', (dialect) => {
  test('never holds more than it may, however many come at once', async () => {
    const settings = { 'queue.max_length': 5 };
    const { addAccount, submit } = await start({ dialect, settings, services: false });
    await addAccount();
    const all = await Promise.allSettled(
      Array.from({ length: 60 }, () => submit({ model: 'gemini-3.1-flash-image' })),
    );
    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
  });
});
