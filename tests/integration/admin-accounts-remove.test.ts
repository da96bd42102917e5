import { eq } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { POST as enable } from '@/app/api/v1/admin/accounts/[id]/enable/route';
import { POST as refreshAccess } from '@/app/api/v1/admin/accounts/[id]/refresh-access/route';
import { POST as replaceToken } from '@/app/api/v1/admin/accounts/[id]/replace-session-token/route';
import { DELETE as remove } from '@/app/api/v1/admin/accounts/[id]/route';
import { POST as add, GET as list } from '@/app/api/v1/admin/accounts/route';
import { GET as readOverview } from '@/app/api/v1/admin/overview/route';
import { findAccount } from '@/db/repositories/accounts';
import { addAccount } from '@/lib/accounts/add';
import { loadCandidates } from '@/lib/accounts/pool';
import { countCalls } from '../simulator/stats';
import { startTestProgram, type TestProgram, until } from '../support/test-runtime';
import { call, freshToken, signedIn } from './admin-console';

const path = '/api/v1/admin/accounts';

describe.each(['sqlite', 'postgres'] as const)('accounts come and go on %s', (dialect) => {
  let program: TestProgram;
  let cookie: string;

  beforeEach(async () => {
    program = await startTestProgram({ dialect, simulator: { videoDurationMs: 1_500 } });
    program.makeGlobal();
    cookie = await signedIn(program.runtime);
  });
  afterEach(() => program.stop());

  const removing = (id: string) => call(remove, 'DELETE', `${path}/${id}`, { cookie });

  test('one that runs nothing goes at once; its jobs and media keep its e-mail', async () => {
    const { runtime } = program;
    const row = await program.addAccount();
    const jobId = await program.submit({ model: 'gemini-3.1-flash-image' });
    await program.events(jobId);
    const { status, json } = await removing(row.id);
    expect(status).toBe(200);
    expect(json).toEqual({ id: row.id, email: row.email, is_removed: true, running: 0 });
    expect(await findAccount(runtime.db, row.id)).toBeUndefined();
    expect(await program.job(jobId)).toMatchObject({ accountId: null, accountEmail: row.email });
    const { media } = runtime.db.tables;
    const [file] = await runtime.db.select().from(media).where(eq(media.jobId, jobId));
    expect(file?.accountEmail).toBe(row.email);
    expect((await removing(row.id)).status).toBe(404);
  });

  test('one that runs a video gets no new job, and goes with the last of them; the result is kept', async () => {
    const { runtime, simulator } = program;
    const row = await program.addAccount();
    const jobId = await program.submit({ model: 'veo-3.1-fast' });
    await until(async () => (await program.job(jobId)).acceptedAt !== null);

    const { json } = await removing(row.id);
    expect(json).toMatchObject({ is_removed: false, running: 1 });
    const shown = await call(list, 'GET', path, { cookie });
    expect(shown.json.items).toMatchObject([{ id: row.id, is_being_removed: true }]);
    const { total, being_removed, health_counts } = shown.json;
    const inStates = Object.values<number>(health_counts).reduce((sum, count) => sum + count, 0);
    expect([total, being_removed, inStates]).toEqual([1, 1, 0]);
    const overview = await call(readOverview, 'GET', '/api/v1/admin/overview', { cookie });
    expect(overview.json).toMatchObject({ accounts_total: 1, accounts_being_removed: 1 });
    expect((await call(enable, 'POST', `${path}/${row.id}/enable`, { cookie })).status).toBe(409);
    const late = await program.submit({ model: 'veo-3.1-fast' }).then(
      (id) => id,
      () => undefined,
    );
    const again = { session_token: runtime.secrets.open(row.sessionTokenSealed ?? '') };
    expect((await call(add, 'POST', path, { cookie, body: again })).status).toBe(409);

    const events = await program.events(jobId);
    expect(events.at(-1)?.type).toBe('completed');
    await until(async () => (await findAccount(runtime.db, row.id)) === undefined);
    expect(simulator.stats().operations).toHaveLength(1);
    expect(await program.job(jobId)).toMatchObject({ state: 'completed', accountEmail: row.email });
    expect(late === undefined ? 'refused' : (await program.job(late)).acceptedAt).not.toBeInstanceOf(Date);
    expect((await call(add, 'POST', path, { cookie, body: again })).status).toBe(201);
  });

  test.each([
    ['another session token', replaceToken, 'replace-session-token'],
    ['another try of its own', refreshAccess, 'refresh-access'],
  ] as const)(
    'one whose session ends while it is being removed takes %s, and what it was paid for is fetched',
    async (_with, mend, name) => {
      const { runtime, simulator } = program;
      const row = await program.addAccount();
      const jobId = await program.submit({ model: 'veo-3.1-fast' });
      await until(async () => (await program.job(jobId)).handle !== null);
      const upstream = simulator.account(row.email);
      upstream.dead = true;
      upstream.accessTokens.clear();
      expect((await removing(row.id)).json).toMatchObject({ is_removed: false, running: 1 });
      await until(async () => (await findAccount(runtime.db, row.id))?.expiredReason === 'dead');

      upstream.dead = false;
      // Another sign-in of the same account, as a browser would make it.
      upstream.rotateSessionToken = true;
      const cookies = `__Secure-next-auth.session-token=${[...upstream.sessionTokens][0]}`;
      await fetch(`${simulator.labsBaseUrl}/auth/session`, { headers: { cookie: cookies } });
      upstream.rotateSessionToken = false;
      const sessionToken = [...upstream.sessionTokens].at(-1);
      expect(upstream.sessionTokens.size).toBe(2);
      const mended = await call(mend, 'POST', `${path}/${row.id}/${name}`, {
        cookie,
        ...(name === 'replace-session-token' ? { body: { session_token: sessionToken } } : {}),
      });
      expect(mended.status).toBe(200);
      expect(mended.json).toMatchObject({ is_being_removed: true, health: { state: 'healthy' } });
      // It is well again, and still none of those that new work goes to.
      const candidates = await loadCandidates(runtime);
      expect(candidates.map(({ row: { id } }) => id)).toEqual([row.id]);
      const late = await program.submit({ model: 'gemini-3.1-flash-image' }).then(
        (id) => id,
        () => undefined,
      );
      expect((await program.events(jobId)).at(-1)?.type).toBe('completed');
      await until(async () => (await findAccount(runtime.db, row.id)) === undefined);
      expect(late === undefined ? 'refused' : (await program.job(late)).acceptedAt).not.toBeInstanceOf(Date);
    },
  );

  test('of two session tokens of one account that are added at once, one is kept', async () => {
    const { runtime, simulator } = program;
    const tokens = [freshToken(), freshToken()];
    for (const sessionToken of tokens)
      simulator.addAccount({
        sessionToken,
        email: 'maria@example.com',
        tier: 'PAYGATE_TIER_ONE',
        credits: 5,
      });
    const input = {
      image_enabled: true,
      video_enabled: true,
      image_concurrency: null,
      video_concurrency: null,
    };
    const outcomes = await Promise.allSettled(
      tokens.map((token) =>
        addAccount(runtime, { session_token: token, ...input }, AbortSignal.timeout(10_000)),
      ),
    );
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(countCalls(simulator.stats(), 'createProject')).toBe(1);
  });
});
