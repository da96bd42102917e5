import { eq } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { POST as enable } from '@/app/api/v1/admin/accounts/[id]/enable/route';
import { DELETE as remove } from '@/app/api/v1/admin/accounts/[id]/route';
import { POST as add, GET as list } from '@/app/api/v1/admin/accounts/route';
import { findAccount } from '@/db/repositories/accounts';
import { addAccount } from '@/lib/accounts/add';
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
  });
});
