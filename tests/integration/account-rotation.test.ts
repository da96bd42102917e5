import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AccountRow, findAccount } from '@/db/repositories/accounts';
import { openAccess, refreshAccess } from '@/lib/accounts/access-token';
import { startTestProgram, type TestProgram } from '../support/test-runtime';

let program: TestProgram;

beforeAll(async () => {
  program = await startTestProgram({ services: false });
});
afterAll(() => program.stop());

const sessionTokenOf = (row: AccountRow | undefined) =>
  program.runtime.secrets.open(row?.sessionTokenSealed ?? '');
const stored = (id: string) => findAccount(program.runtime.db, id);

test('a session token that upstream rotates to is kept once it has given an access token', async () => {
  const row = await program.addAccount();
  const account = program.simulator.account(row.email);
  account.rotateSessionToken = true;
  await refreshAccess(program.runtime, row);
  const now = await stored(row.id);
  expect(sessionTokenOf(now)).not.toBe(sessionTokenOf(row));
  expect(account.sessionTokens).toContain(sessionTokenOf(now));
  expect(now?.sessionTokenHash).toBe(program.runtime.secrets.fingerprint(sessionTokenOf(now)));
  account.rotateSessionToken = false;
  const access = await openAccess(program.runtime, await refreshAccess(program.runtime, now ?? row));
  expect(await program.runtime.upstream.getBalance(access, AbortSignal.timeout(5_000))).toMatchObject({
    credits: 10_000,
  });
});

test('a rotation that does not work leaves the old session token, and the account stays well', async () => {
  const row = await program.addAccount();
  program.simulator.account(row.email).rotateSessionToken = 'dead';
  const refreshed = await refreshAccess(program.runtime, row);
  const now = await stored(row.id);
  expect(sessionTokenOf(now)).toBe(sessionTokenOf(row));
  expect(now).toMatchObject({ expiredAt: null, sessionTokenHash: row.sessionTokenHash });
  const access = await openAccess(program.runtime, refreshed);
  expect(await program.runtime.upstream.getBalance(access, AbortSignal.timeout(5_000))).toMatchObject({
    credits: 10_000,
  });
});

test('a rotation that cannot be tried because of the network leaves the old session token', async () => {
  const row = await program.addAccount();
  program.simulator.account(row.email).rotateSessionToken = true;
  program.simulator.inject({
    call: 'session',
    after: 1,
    times: 20,
    effect: { type: 'reset', when: 'before' },
  });
  await refreshAccess(program.runtime, row);
  program.simulator.clearFaults();
  expect(sessionTokenOf(await stored(row.id))).toBe(sessionTokenOf(row));
});
