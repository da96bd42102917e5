import { afterEach, expect, test, vi } from 'vitest';
import { updateApiKey } from '@/db/repositories/api-keys';
import { hashBody, submitOnce } from '@/lib/generation/submit-once';
import { cancelJob } from '@/lib/generation/view';
import { encodeError } from '@/lib/openai/error';
import type { Runtime } from '@/lib/runtime';
import { picture } from '../support/pictures';
import { startTestProgram, type TestProgram } from '../support/test-runtime';

const programs: TestProgram[] = [];
afterEach(async () => {
  for (const program of programs.splice(0).reverse()) await program.stop();
});

const options = {};

/** A program on which nothing works on the jobs, and a request for three pictures after the same two. */
async function prepare(dialect: 'sqlite' | 'postgres') {
  const program = await startTestProgram({ dialect, services: false });
  programs.push(program);
  await program.addAccount();
  const references = [
    { type: 'bytes' as const, bytes: await picture() },
    { type: 'bytes' as const, bytes: await picture({ width: 40 }) },
  ];
  const request = { model: 'gemini-3.1-flash-image', prompt: 'a lighthouse', options, references };
  const written = vi.spyOn(program.runtime.media, 'write');
  const send = (runtime: Runtime = program.runtime, key?: string) =>
    submitOnce(
      runtime,
      [request, request, request],
      { apiKeyId: program.apiKey.id, requestId: 'req_test' },
      {
        route: '/v1/images/edits',
        retryCount: 0,
        bodyHash: hashBody({}),
        ...(key === undefined ? {} : { key }),
      },
      AbortSignal.timeout(20_000),
    );
  const files = async () => {
    const keys: string[] = [];
    for await (const { key } of program.runtime.media.list('inputs/')) keys.push(key);
    return keys;
  };
  return { program, send, written, files };
}

test.each(['sqlite', 'postgres'] as const)(
  'pictures are stored once for all jobs of a request, and go with the last of them, on %s',
  async (dialect) => {
    const { program, send, files } = await prepare(dialect);
    const { jobs } = await send();
    expect(await files()).toHaveLength(2);
    const [last, ...others] = jobs.map(({ jobId }) => jobId);
    const cancel = (id = '') => cancelJob(program.runtime, id, { apiKeyId: program.apiKey.id });
    for (const id of others) await cancel(id);
    expect(await files()).toHaveLength(2);
    await cancel(last);
    expect(await files()).toEqual([]);
  },
);

test.each(['sqlite', 'postgres'] as const)(
  'a limit is met before a picture is stored, on %s',
  async (dialect) => {
    const { program, send, written } = await prepare(dialect);
    await updateApiKey(program.runtime.db, program.apiKey.id, { imagesPerDay: 4 });
    await send();
    written.mockClear();
    await expect(send()).rejects.toMatchObject({ code: 'quota_exceeded' });
    expect(written).not.toHaveBeenCalled();
  },
);

const lost = new Error('the connection was lost');

/** A database that does not say that it stored jobs; `isGone`: nor anything else from then on. */
function losing({ runtime }: TestProgram, { isGone }: { isGone: boolean }): Runtime {
  const { db } = runtime;
  let isLost = false;
  const countJobs = async () => (await db.select().from(db.tables.jobs)).length;
  const transaction: typeof db.transaction = async (body) => {
    if (isLost && isGone) throw lost;
    const before = await countJobs();
    const result = await db.transaction(body);
    if (isLost || (await countJobs()) === before) return result;
    isLost = true;
    throw lost;
  };
  return { ...runtime, db: { ...db, transaction } };
}

/** A database that stores no jobs. */
function failing({ runtime }: TestProgram): Runtime {
  const { db } = runtime;
  let calls = 0;
  const transaction: typeof db.transaction = async (body) => {
    calls += 1;
    if (calls === 2) throw lost; // after that of the limits
    return db.transaction(body);
  };
  return { ...runtime, db: { ...db, transaction } };
}

test('jobs that were stored although the database did not say so keep their pictures, and are the answer', async () => {
  const { program, send, files } = await prepare('sqlite');
  const { jobs } = await send(losing(program, { isGone: false }));
  expect(jobs).toHaveLength(3);
  expect(await program.runtime.db.select().from(program.runtime.db.tables.jobs)).toHaveLength(3);
  expect(await files()).toHaveLength(2);
});

test('when nobody can say whether jobs were stored, their pictures stay, and nobody is invited to pay again', async () => {
  const { program, send, files } = await prepare('sqlite');
  const refusal: unknown = await send(losing(program, { isGone: true })).catch((error: unknown) => error);
  expect(refusal).toMatchObject({ code: 'submission_unknown', cause: lost });
  const { status, headers, body } = encodeError(refusal);
  expect([status, headers['x-should-retry']]).toEqual([424, 'false']);
  const jobs = await program.runtime.db.select().from(program.runtime.db.tables.jobs);
  for (const { id } of jobs) expect(body.error.message).toContain(`/v1/jobs/${id}`);
  expect(body.error.message).toContain('may charge again');
  expect(await files()).toHaveLength(2);
});

test('with a key the same request may be sent again', async () => {
  const { program, send } = await prepare('sqlite');
  const refusal: unknown = await send(losing(program, { isGone: true }), 'k').catch(
    (error: unknown) => error,
  );
  expect(refusal).toMatchObject({
    message: expect.stringContaining('can be sent again without being charged twice'),
  });
  expect(await send(program.runtime, 'k')).toMatchObject({ joined: true });
});

test('when jobs were certainly not stored, nothing of them stays', async () => {
  const { program, send, written, files } = await prepare('sqlite');
  await expect(send(failing(program))).rejects.toThrow(lost);
  expect(written).toHaveBeenCalledTimes(2);
  expect(await files()).toEqual([]);
});
