import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { GET, HEAD } from '@/app/tmp/[...key]/route';
import { GET as aliases } from '@/app/v1/models/aliases/route';
import { lengthHeader } from '@/lib/lifecycle';
import { picture } from '../support/pictures';
import { startTestProgram, type TestProgram } from '../support/test-runtime';
import { call } from './surface-client';

const name = 'd41d8cd98f00b204e9800998ecf8427e';
let program: TestProgram;
let clip: Buffer;
beforeAll(async () => {
  program = await startTestProgram({ services: false });
  program.makeGlobal();
  clip = await readFile(join(import.meta.dirname, '../simulator/assets/landscape-720p-4s.mp4'));
  await put(`${name}.mp4`, clip);
  await put(`${name}.jpg`, await picture());
});
afterAll(() => program.stop());

const folder = () => join(program.runtime.env.dataDir, 'tmp');

async function put(file: string, bytes: Uint8Array | string) {
  await mkdir(folder(), { recursive: true });
  await writeFile(join(folder(), file), bytes);
}

const get = (path: string, headers: Record<string, string> = {}, method: 'GET' | 'HEAD' = 'GET') =>
  call(method === 'GET' ? GET : HEAD, `/tmp/${path}`, {
    method,
    headers,
    params: { key: path.split('?', 1)[0]?.split('/') ?? [] },
  });

const codeOf = async (response: Response) =>
  ((await response.json()) as { error: { code: string } }).error.code;

describe('a file that was copied from the predecessor', () => {
  test('is served under its old address, as what it is', async () => {
    const response = await get(`${name}.mp4`);
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'video/mp4',
      [lengthHeader]: String(clip.byteLength),
      'accept-ranges': 'bytes',
      'x-content-type-options': 'nosniff',
      'access-control-allow-origin': '*',
    });
    expect(Buffer.from(await response.arrayBuffer())).toEqual(clip);
    // The predecessor called every picture .jpg.
    expect((await get(`${name}.jpg`)).headers.get('content-type')).toBe('image/png');
  });

  test('in parts, by its tag, and without its body', async () => {
    const part = await get(`${name}.mp4`, { range: 'bytes=4-7' });
    expect(part.status).toBe(206);
    expect(part.headers.get('content-range')).toBe(`bytes 4-7/${clip.byteLength}`);
    expect(await part.text()).toBe('ftyp');
    const head = await get(`${name}.mp4`, {}, 'HEAD');
    expect(await head.text()).toBe('');
    const etag = head.headers.get('etag') ?? '';
    expect((await get(`${name}.mp4`, { 'if-none-match': etag })).status).toBe(304);
  });

  test.each([
    'ffffffffffffffffffffffffffffffff.mp4',
    '../flow2api.db',
    '..%2fflow2api.db',
    `../tmp/${name}.mp4`,
    `${name}.mp4/`,
    `${name}`,
    'secret.key',
    `.${name}.mp4`,
  ])('%s is a JSON 404', async (path) => {
    const response = await get(path);
    expect(response.status).toBe(404);
    expect(await codeOf(response)).toBe('media_not_found');
  });

  test('a link out of the folder, a folder and a page are none', async () => {
    const linked = `${'a'.repeat(32)}.mp4`;
    const page = `${'b'.repeat(32)}.jpg`;
    const inner = `${'c'.repeat(32)}.mp4`;
    await put('outside.mp4', clip);
    await symlink(join(folder(), 'outside.mp4'), join(folder(), linked));
    await put(page, '<html><script>alert(1)</script></html>');
    await mkdir(join(folder(), inner));
    for (const path of [linked, page, inner]) expect((await get(path)).status).toBe(404);
  });
});

describe('the aliases of the predecessor', () => {
  const list = () => call(aliases, '/v1/models/aliases', { key: program.apiKey.value, params: {} });

  test('are the ids that leave the ratio open, as a list of models', async () => {
    const response = await list();
    expect(response.status).toBe(200);
    const { object, data } = (await response.json()) as { object: string; data: { id: string }[] };
    expect(object).toBe('list');
    const ids = data.map(({ id }) => id);
    expect(ids).toEqual(
      expect.arrayContaining([
        'gemini-3.0-pro-image',
        'gemini-3.1-flash-image',
        'imagen-4.0-generate-preview',
        'veo_3_1_t2v_fast',
        'veo_3_1_r2v_fast',
      ]),
    );
    expect(ids).not.toContain('gemini-3.0-pro-image-landscape');
    expect(data[0]).toMatchObject({ object: 'model', owned_by: 'flow2api' });
  });

  test('need a key', async () => {
    expect((await call(aliases, '/v1/models/aliases', { params: {} })).status).toBe(401);
  });
});

test('none of them is answered once compatibility is off', async () => {
  await program.runtime.settings.update({ 'compatibility.enabled': false });
  try {
    expect((await get(`${name}.mp4`)).status).toBe(404);
    const response = await call(aliases, '/v1/models/aliases', { key: program.apiKey.value, params: {} });
    expect(response.status).toBe(404);
    expect(await codeOf(response)).toBe('model_not_found');
  } finally {
    await program.runtime.settings.update({ 'compatibility.enabled': true });
  }
});
