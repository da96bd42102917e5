import { createServer } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { submitOnce } from '@/lib/generation/submit-once';
import { listen } from '@/lib/http/__fixtures__/proxies';
import { storageKeyOf } from '@/lib/media/store';
import type { Runtime } from '@/lib/runtime';
import { picture } from '../support/pictures';
import { startTestProgram, type TestProgram } from '../support/test-runtime';

let program: TestProgram;
beforeAll(async () => {
  program = await startTestProgram({
    services: false,
    settings: { 'references.allow_private_addresses': true, 'references.max_bytes': 2 },
  });
  await program.addAccount();
});
afterAll(() => program.stop());

let count = 0;
/** The address of a stored picture of that size. */
async function ownPicture(sizeBytes: number): Promise<string> {
  count += 1;
  const id = `own${String(count).padStart(25, '0')}`;
  const png = await picture();
  const body = async function* () {
    yield Buffer.concat([png, Buffer.alloc(sizeBytes - png.byteLength)]);
  };
  const storageKey = storageKeyOf(id, 'png');
  const { sha256 } = await program.runtime.media.write(storageKey, body(), { durable: false });
  await program.runtime.db.insert(program.runtime.db.tables.media).values({
    ...{ id, kind: 'image', role: 'result', contentType: 'image/png', extension: 'png' },
    ...{ storageKey, sizeBytes, sha256, createdAt: new Date() },
  });
  return `http://gw.example/media/${id}.png`;
}

const submit = (addresses: string[], change: Partial<Runtime> = {}) =>
  submitOnce(
    { ...program.runtime, ...change },
    [
      {
        model: 'gemini-3.1-flash-image',
        prompt: 'the same at night',
        options: {},
        references: addresses.map((url) => ({ type: 'url', url })),
      },
    ],
    { apiKeyId: program.apiKey.id, requestId: 'req_test' },
    undefined,
    AbortSignal.timeout(10_000),
  );

test('a file of ours that is too large is refused before it is read', async () => {
  const { media } = program.runtime;
  let reads = 0;
  const counting = {
    ...media,
    read: (key: string) => {
      reads += 1;
      return media.read(key);
    },
  };
  const refused = submit([await ownPicture(2_500_000)], { media: counting });
  await expect(refused).rejects.toMatchObject({ wireCode: 'image_too_large' });
  expect(reads).toBe(0);
});

test('pictures named by their address hold memory until they are stored, and none afterwards', async () => {
  const server = createServer(async (_request, response) => void response.end(await picture()));
  const port = await listen(server);
  const { media, pictureBudget } = program.runtime;
  const fetched = (await picture()).byteLength;
  let atStoring = 0;
  const looking: Runtime['media'] = {
    ...media,
    write: (...args) => {
      atStoring = Math.max(atStoring, pictureBudget.takenBytes);
      return media.write(...args);
    },
  };
  const addresses = [await ownPicture(1_000_000), `http://127.0.0.1:${port}/`];
  expect((await submit(addresses, { media: looking })).jobs).toHaveLength(1);
  expect(atStoring).toBe(1_000_000 + fetched);
  expect(pictureBudget.takenBytes).toBe(0);
  server.close();
});

test('only a few files of ours are read at a time', async () => {
  const { media } = program.runtime;
  let running = 0;
  let most = 0;
  const slow: Runtime['media'] = {
    ...media,
    read: async (key) => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((later) => setTimeout(later, 20));
      running -= 1;
      return media.read(key);
    },
  };
  const addresses: string[] = [];
  for (let index = 0; index < 6; index += 1) addresses.push(await ownPicture(10_000));
  expect((await submit(addresses, { media: slow })).jobs).toHaveLength(1);
  expect(most).toBe(4);
});
