import { afterAll, beforeAll, expect, test } from 'vitest';
import { saveOutputs } from '@/lib/generation/save';
import type { UpstreamFile } from '@/lib/generation/upstream';
import type { Runtime } from '@/lib/runtime';
import { picture } from '../support/pictures';
import { startTestProgram, type TestProgram } from '../support/test-runtime';

let program: TestProgram;
beforeAll(async () => {
  program = await startTestProgram();
  await program.addAccount();
});
afterAll(() => program.stop());

/** Saves what upstream gives as the result of a job, and tells whether the stream of it was let go. */
async function save(body: () => AsyncGenerator<Uint8Array>, change: Partial<Runtime> = {}) {
  const { runtime } = program;
  let isLetGo = false;
  const stream = async function* () {
    try {
      yield* body();
    } finally {
      isLetGo = true;
    }
  };
  const openOutput = (): Promise<UpstreamFile> => Promise.resolve({ body: stream() });
  const upstream = { ...runtime.upstream, openOutput };
  const jobId = await program.submit({ model: 'gemini-3.1-flash-image' });
  const job = await program.job(jobId);
  const saving = saveOutputs(
    { ...runtime, ...change, upstream },
    {
      job,
      access: { accountId: 'none' } as never, // nothing here asks for it
      outputs: [{ projectId: 'project' }],
      role: 'result',
      data: [],
      signal: AbortSignal.timeout(10_000),
    },
  );
  const outcome = await saving.then(
    ([row]) => ({ row }),
    (error: unknown) => ({ error }),
  );
  return { ...outcome, isLetGo };
}

async function* endless(first: Uint8Array) {
  yield first;
  for (;;) yield Buffer.alloc(5_000);
}

test('a file of another kind is not read to its end', async () => {
  const outcome = await save(() => endless(Buffer.from('<html>')));
  expect(outcome).toMatchObject({ error: { code: 'upstream_failed' }, isLetGo: true });
});

test('a file that cannot be stored is not left open', async () => {
  const png = await picture();
  const { media } = program.runtime;
  const full = { ...media, write: () => Promise.reject(new Error('no room')) };
  const outcome = await save(() => endless(png), { media: full });
  expect(outcome).toMatchObject({ error: { message: 'no room' }, isLetGo: true });
});

test('a file counts as made once it is here, however long it took to come', async () => {
  const png = await picture();
  let at = new Date('2026-11-20T12:00:00Z');
  const arrived = new Date('2026-11-20T12:09:00Z');
  const outcome = await save(
    async function* () {
      yield png;
      at = arrived;
    },
    { now: () => at },
  );
  expect(outcome).toMatchObject({ row: { createdAt: arrived } });
});
