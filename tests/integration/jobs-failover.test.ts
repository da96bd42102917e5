import { afterEach, describe, expect, test } from 'vitest';
import { findAccount } from '@/db/repositories/accounts';
import { refreshAccess } from '@/lib/accounts/access-token';
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
