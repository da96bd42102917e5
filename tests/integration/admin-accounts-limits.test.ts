import { afterAll, beforeAll, expect, test } from 'vitest';
import { PATCH as edit } from '@/app/api/v1/admin/accounts/[id]/route';
import { startTestProgram, type TestProgram, until } from '../support/test-runtime';
import { call, signedIn } from './admin-console';

let program: TestProgram;
let cookie: string;

beforeAll(async () => {
  program = await startTestProgram({ simulator: { videoDurationMs: 60_000 } });
  program.makeGlobal();
  cookie = await signedIn(program.runtime);
});
afterAll(() => program.stop());

const patch = (id: string, body: object) =>
  call(edit, 'PATCH', `/api/v1/admin/accounts/${id}`, { cookie, body });
const isAccepted = async (jobId: string) => (await program.job(jobId)).acceptedAt !== null;

test('a higher limit lets a job that waits begin, a lower one keeps the next waiting; what runs goes on', async () => {
  const { id } = await program.addAccount({}, { videoConcurrency: 1 });
  const first = await program.submit({ model: 'veo-3.1-fast' });
  await until(() => isAccepted(first));
  const second = await program.submit({ model: 'veo-3.1-fast' });
  expect(await isAccepted(second)).toBe(false);

  expect((await patch(id, { video_concurrency: 2 })).json).toMatchObject({ video_concurrency: 2 });
  await until(() => isAccepted(second));

  await patch(id, { video_concurrency: 1 });
  const third = await program.submit({ model: 'veo-3.1-fast' });
  await program.events(await program.submit({ model: 'gemini-3.1-flash-image' })); // the queue has had its turn
  expect((await program.job(third)).state).toBe('queued');
  for (const jobId of [first, second]) expect((await program.job(jobId)).state).toBe('running');

  await patch(id, { video_concurrency: null });
  await until(() => isAccepted(third));
});
