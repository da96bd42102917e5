import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, describe, expect, test } from 'vitest';
import { GET as getJob } from '@/app/v1/jobs/[id]/route';
import { GET as getContent, HEAD as headContent } from '@/app/v1/videos/[id]/content/route';
import { POST as remixVideo } from '@/app/v1/videos/[id]/remix/route';
import { DELETE as deleteVideo, GET as getVideo } from '@/app/v1/videos/[id]/route';
import { GET as getCharacter } from '@/app/v1/videos/characters/[[...path]]/route';
import { POST as editVideo } from '@/app/v1/videos/edits/route';
import { POST as extendVideo } from '@/app/v1/videos/extensions/route';
import { POST as createVideo, GET as listVideos } from '@/app/v1/videos/route';
import { listMediaOfJob } from '@/db/repositories/media';
import { sumStoredMedia } from '@/db/repositories/media-cleanup';
import { issueApiKey } from '@/lib/api-keys/issue';
import { dataUrl, picture } from '../support/pictures';
import { startTestProgram, type TestProgram, type TestProgramOptions, until } from '../support/test-runtime';
import { type Asked, call, logRow } from './surface-client';

let program: TestProgram;
afterEach(() => program.stop());

const start = async (options?: TestProgramOptions) => {
  program = await startTestProgram(options);
  program.makeGlobal();
  await program.addAccount();
};

type Video = {
  id: string;
  status: string;
  progress: number;
  size: string;
  seconds: string;
  prompt: string;
  model: string;
  expires_at: number | null;
  completed_at: number | null;
  error: { code: string; message: string } | null;
};
type Page = { data: Video[]; first_id: string | null; last_id: string | null; has_more: boolean };
type Failure = { error: { message: string; type: string; param: string | null; code: string | null } };

const key = () => program.apiKey.value;
const prompt = 'a lighthouse at dusk';

const create = (body: unknown, headers: Record<string, string> = {}) =>
  call(createVideo, '/v1/videos', { method: 'POST', key: key(), body, headers });

const created = async (body: unknown = { prompt }) => {
  const response = await create(body);
  expect(response.status).toBe(200);
  return (await response.json()) as Video;
};

/** Posts a form to one of the routes that take one. */
const post = (handler: typeof createVideo, path: string, form: FormData | BodyInit, headers = {}) =>
  handler(
    new Request(`http://gw.example${path}`, {
      method: 'POST',
      headers: { host: 'gw.example', authorization: `Bearer ${key()}`, ...headers },
      body: form,
      duplex: 'half',
    } as RequestInit),
    { params: Promise.resolve({}) },
  );

const formOf = (entries: [string, string | Blob][]) => {
  const form = new FormData();
  for (const [name, value] of entries) form.append(name, value);
  return form;
};

const byId = (handler: typeof getVideo, id: string, asked: Asked = {}) =>
  call(handler, `/v1/videos/${id}`, { key: key(), ...asked, params: { id } });

const get = async (id: string) => (await (await byId(getVideo, id)).json()) as Video;

const content = (id: string, query = '', asked: Asked = {}) =>
  call(asked.method === 'HEAD' ? headContent : getContent, `/v1/videos/${id}/content${query}`, {
    key: key(),
    ...asked,
    params: { id },
  });

const ended = (id: string) =>
  until(async () => {
    const video = await get(id);
    return video.status === 'completed' || video.status === 'failed' ? video : undefined;
  });

const list = async (query = '', asked: Asked = {}) => {
  const response = await call(listVideos, `/v1/videos${query}`, { key: key(), ...asked });
  expect(response.status).toBe(200);
  return (await response.json()) as Page;
};

const refused = async (response: Response | Promise<Response>) => {
  const answer = await response;
  const { error } = (await answer.json()) as Failure;
  expect(Object.keys(error).sort()).toEqual(['code', 'message', 'param', 'type']);
  return { status: answer.status, ...error };
};

/** Names of the files in the media folder, references of jobs included. */
const storedFiles = async () => {
  const found = await readdir(join(program.runtime.env.dataDir, 'media'), {
    recursive: true,
    withFileTypes: true,
  });
  return found.filter((entry) => entry.isFile()).map(({ name }) => name);
};

const fileOf = async (id: string) => {
  const [row] = await listMediaOfJob(program.runtime.db, id.replace('video_', 'job_'));
  if (row === undefined) throw new Error(`${id} has no file`);
  return row;
};

describe('a video from text', () => {
  test('is queued at once, and has a file at the end', async () => {
    await start();
    const response = await create({ prompt, model: 'sora-2', seconds: '8', size: '720x1280' });
    expect(response.headers.get('openai-poll-after-ms')).toMatch(/^\d{4,5}$/);
    const first = (await response.json()) as Video;
    expect(first).toEqual({
      id: expect.stringMatching(/^video_[a-z0-9]{26}$/),
      object: 'video',
      model: 'sora-2',
      status: expect.stringMatching(/^(queued|in_progress)$/),
      progress: 0,
      created_at: expect.any(Number),
      completed_at: null,
      expires_at: null,
      prompt,
      size: '720x1280',
      seconds: '8',
      remixed_from_video_id: null,
      error: null,
    });

    const done = await ended(first.id);
    expect(Object.keys(done)).toEqual(Object.keys(first));
    expect(done).toMatchObject({ status: 'completed', progress: 100, error: null });
    expect((done.expires_at ?? 0) - (done.completed_at ?? 0)).toBeGreaterThan(6 * 86_400);
    expect((await byId(getVideo, first.id)).headers.has('openai-poll-after-ms')).toBe(false);
    expect(await logRow(program, '/v1/videos')).toMatchObject({ status: 200, model: 'sora-2' });
  });

  test('has the size that its file has, whatever size was wished', async () => {
    await start({ simulator: { era: '2025-12' } }); // which says nothing of sizes
    const { id } = await created({ prompt, size: '1024x1792' });
    expect(await ended(id)).toMatchObject({ status: 'completed', size: '720x1280' });
    const { width, height } = await fileOf(id);
    expect([width, height]).toEqual([720, 1280]);
  });

  test('is found by an id that comes escaped or is that of its job', async () => {
    await start({ services: false });
    const { id } = await created();
    expect((await get(id.replace('video_', 'job_'))).id).toBe(id);
  });

  test('made by chat is a video like any other', async () => {
    await start({ services: false });
    const jobId = await program.submit({ model: 'veo-3.1-fast' });
    expect((await get(jobId.replace('job_', 'video_'))).status).toBe('queued');
    expect((await list()).data).toHaveLength(1);
  });

  test('never shows less progress than before', async () => {
    await start();
    await ended((await created()).id); // a history to tell by
    program.simulator.options.videoDurationMs = 400;
    const { id } = await created();
    const seen: number[] = [];
    await until(async () => {
      const { status, progress } = await get(id);
      seen.push(progress);
      return status === 'completed';
    });
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
    expect(seen.every(Number.isInteger)).toBe(true);
    expect(new Set(seen).size).toBeGreaterThan(2);
  });

  test('that is refused tells why, and has no file', async () => {
    await start();
    const { id } = await created({ prompt: 'unsafe-prompt' });
    const failed = await ended(id);
    expect(failed).toMatchObject({
      status: 'failed',
      error: { code: 'content_policy_violation', message: expect.any(String) },
    });
    expect(await refused(content(id))).toMatchObject({ status: 400, code: 'video_failed' });
  });
});

describe('pictures that come along', () => {
  const mode = async (id: string) => (await program.job(id.replace('video_', 'job_'))).spec.mode;
  const blob = async (colour: string) =>
    new Blob([new Uint8Array(await picture({ colour }))], { type: 'application/octet-stream' });

  test('a file of a form is the first frame, whatever type it claims', async () => {
    await start();
    const form = formOf([
      ['seconds', '8'],
      ['input_reference', new File([await blob('#112233')], 'blob', { type: 'text/plain' })],
      ['prompt', prompt],
    ]);
    const response = await post(createVideo, '/v1/videos', form);
    const { id } = (await response.json()) as Video;
    expect(await mode(id)).toBe('first-frame');
    expect((await ended(id)).status).toBe('completed');
    expect(program.simulator.stats().refusals).toEqual([]);
  });

  test('two frames', async () => {
    await start({ services: false });
    const form = formOf([
      ['prompt', prompt],
      ['last_frame', await blob('#445566')],
      ['input_reference[image_url]', dataUrl(await picture())],
    ]);
    const { id } = (await (await post(createVideo, '/v1/videos', form)).json()) as Video;
    expect(await mode(id)).toBe('first-last-frame');
  });

  test('references that are no frames', async () => {
    await start({ services: false });
    const form = formOf([
      ['prompt', prompt],
      ['reference_images[]', await blob('#445566')],
      ['reference_images[]', await blob('#665544')],
    ]);
    const { id } = (await (await post(createVideo, '/v1/videos', form)).json()) as Video;
    expect(await mode(id)).toBe('reference-images');
  });

  test('a first frame by its own name, alone and with a last one', async () => {
    await start({ services: false });
    const first_frame = dataUrl(await picture());
    expect(await mode((await created({ prompt, first_frame })).id)).toBe('first-frame');
    const both = await created({ prompt, first_frame, last_frame: dataUrl(await picture()) });
    expect(await mode(both.id)).toBe('first-last-frame');
  });

  test.each(['image', 'image_url'])('a picture as %s', async (name) => {
    await start({ services: false });
    const { id } = await created({ prompt, [name]: dataUrl(await picture()) });
    expect(await mode(id)).toBe('first-frame');
  });

  test('a picture in a field that nobody reads makes no video', async () => {
    await start({ services: false });
    const form = formOf([
      ['prompt', prompt],
      ['picture', await blob('#445566')],
    ]);
    expect(await refused(post(createVideo, '/v1/videos', form))).toMatchObject({
      status: 400,
      param: 'picture',
    });
    const body = { prompt, input_image: dataUrl(await picture()) };
    expect(await refused(create(body))).toMatchObject({ status: 400, param: 'input_image' });
    expect((await list()).data).toEqual([]);
  });

  test('one reference that is no frame, as JSON', async () => {
    await start({ services: false });
    const { id } = await created({ prompt, reference_images: [dataUrl(await picture())] });
    expect(await mode(id)).toBe('reference-images');
  });
});

describe('what cannot be made is refused before anything is stored', () => {
  test.each<[string, unknown, object]>([
    ['no prompt', {}, { status: 400, param: 'prompt' }],
    ['an unknown model', { prompt, model: 'nope' }, { status: 404, code: 'model_not_found', param: 'model' }],
    ['a model for pictures', { prompt, model: 'gpt-image-1' }, { status: 400, param: 'model' }],
    ['a length that the model has not', { prompt, seconds: '12' }, { status: 400, param: 'seconds' }],
    ['a ratio that it has not', { prompt, aspect_ratio: '1:1' }, { status: 400, param: 'aspect_ratio' }],
    ['a size that is none', { prompt, size: 'big' }, { status: 400, param: 'size' }],
    ['a resolution that it has not', { prompt, resolution: '8k' }, { status: 400, param: 'resolution' }],
    ['a model of another plan', { prompt, seconds: '4' }, { status: 403, code: 'model_requires_tier' }],
    ['a list', [], { status: 400 }],
    [
      'a drawing',
      { prompt, input_reference: dataUrl(Buffer.from('<svg/>'), 'image/svg+xml') },
      { status: 400, param: 'input_reference' },
    ],
    [
      'pictures beyond measure',
      { prompt, input_reference: Array(100).fill('data:image/png;base64,AAAA') },
      { status: 400, param: 'image' },
    ],
  ])('%s', async (_rule, body, expected) => {
    await start({ services: false });
    expect(await refused(create(body))).toMatchObject(expected);
    expect(await storedFiles()).toEqual([]);
    expect((await list()).data).toEqual([]);
  });

  test.each<[string, string, string, object]>([
    ['another type', 'text/plain', 'prompt', { status: 415, code: 'unsupported_media_type' }],
    ['a form of the old kind', 'application/x-www-form-urlencoded', 'prompt=x', { status: 415 }],
    ['a form without its boundary', 'multipart/form-data', '--b', { status: 400, code: 'invalid_multipart' }],
    [
      'a form that is cut off',
      'multipart/form-data; boundary=b',
      '--b\r\ncontent-disp',
      { status: 400, code: 'invalid_multipart' },
    ],
    ['JSON that is none', 'application/json', '{"prompt":', { status: 400, code: 'invalid_json' }],
  ])('%s', async (_rule, type, body, expected) => {
    await start({ services: false });
    expect(await refused(post(createVideo, '/v1/videos', body, { 'content-type': type }))).toMatchObject(
      expected,
    );
    expect(program.runtime.bodyBudget.takenBytes).toBe(0);
  });

  test('a picture that is too large', async () => {
    await start({ services: false });
    const form = formOf([
      ['prompt', prompt],
      ['input_reference', new Blob([Buffer.alloc(30_000_000)])],
    ]);
    expect(await refused(post(createVideo, '/v1/videos', form))).toMatchObject({
      status: 413,
      code: 'request_too_large',
      param: 'input_reference',
    });
    expect(program.runtime.bodyBudget.takenBytes).toBe(0);
  });

  test('no key', async () => {
    await start({ services: false });
    const response = call(createVideo, '/v1/videos', { method: 'POST', body: { prompt } });
    expect(await refused(response)).toMatchObject({ status: 401, code: 'invalid_api_key' });
  });
});

describe('the content', () => {
  test('is the video, whole and in parts', async () => {
    await start();
    const { id } = await created();
    await ended(id);
    const whole = await content(id);
    expect(whole.status).toBe(200);
    expect(whole.headers.get('content-type')).toBe('video/mp4');
    expect(whole.headers.get('cache-control')).toContain('private');
    const bytes = Buffer.from(await whole.arrayBuffer());
    expect(bytes.subarray(4, 8).toString('latin1')).toBe('ftyp');
    expect(whole.headers.get('x-flow2api-length')).toBe(String(bytes.byteLength));

    const part = await content(id, '?variant=video', { headers: { range: 'bytes=4-7' } });
    expect(part.status).toBe(206);
    expect(part.headers.get('content-range')).toBe(`bytes 4-7/${bytes.byteLength}`);
    expect(await part.text()).toBe('ftyp');

    const head = await content(id, '', { method: 'HEAD' });
    expect(head.headers.get('x-flow2api-length')).toBe(String(bytes.byteLength));
    expect(await head.text()).toBe('');
  });

  test('has a picture of it', async () => {
    await start();
    const { id } = await created();
    await ended(id);
    const response = await content(id, '?variant=thumbnail');
    expect(response.headers.get('content-type')).toBe('image/webp');
    const bytes = Buffer.from(await response.arrayBuffer());
    expect(response.headers.get('x-flow2api-length')).toBe(String(bytes.byteLength));
    const { width, height } = await sharp(bytes).metadata();
    expect(width / height).toBeCloseTo(16 / 9, 1);
    const head = await content(id, '?variant=thumbnail', { method: 'HEAD' });
    expect(await head.text()).toBe('');
  });

  test.each([
    ['?variant=spritesheet', 404],
    ['?variant=gif', 400],
  ])('%s is not there', async (query, status) => {
    await start({ services: false });
    const { id } = await created();
    expect(await refused(content(id, query))).toMatchObject({ status, param: 'variant' });
  });

  test('is not ready before the end, which no client repeats', async () => {
    await start({ services: false });
    const { id } = await created();
    for (const query of ['', '?variant=thumbnail']) {
      expect(await refused(content(id, query))).toMatchObject({ status: 400, code: 'video_not_ready' });
    }
  });

  test('that is no longer kept is gone', async () => {
    await start();
    const { id } = await created();
    await ended(id);
    const { media } = program.runtime.db.tables;
    await program.runtime.db.update(media).set({ storageKey: null });
    expect(await refused(content(id))).toMatchObject({ status: 410, code: 'media_gone' });
    expect(await refused(content(id, '?variant=thumbnail'))).toMatchObject({ status: 410 });
    expect((await get(id)).status).toBe('completed');
  });

  test('that is stored nowhere comes through from upstream, also when its link has ended', async () => {
    await start({ settings: { 'cache.enabled': false } });
    const { id } = await created();
    const done = await ended(id);
    expect(done).toMatchObject({ status: 'completed', expires_at: null });
    expect(await storedFiles()).toEqual([]);
    for (const ageMs of [0, 86_400_000]) {
      program.simulator.advance(ageMs);
      const response = await content(id);
      expect(response.status).toBe(200);
      const bytes = Buffer.from(await response.arrayBuffer());
      expect(bytes.subarray(4, 8).toString('latin1')).toBe('ftyp');
      expect(response.headers.get('x-flow2api-length')).toBe(String(bytes.byteLength));
    }
    const part = await content(id, '', { headers: { range: 'bytes=4-7' } });
    expect([part.status, await part.text()]).toEqual([206, 'ftyp']);
    expect((await content(id, '', { method: 'HEAD' })).headers.get('content-type')).toBe('video/mp4');
    expect((await content(id, '?variant=thumbnail')).headers.get('content-type')).toBe('image/webp');
  });
});

describe.each(['sqlite', 'postgres'] as const)('the videos of a key on %s', (dialect) => {
  test('are listed page by page in either order, without those of others', async () => {
    await start({ dialect, services: false });
    const ids: string[] = [];
    for (let count = 0; count < 5; count += 1) ids.push((await created()).id);
    await program.submit({ model: 'gemini-3.1-flash-image' });
    const other = await issueApiKey(program.runtime, { name: 'other' });
    const foreign = (await (
      await call(createVideo, '/v1/videos', { method: 'POST', key: other.value, body: { prompt } })
    ).json()) as Video;

    const walk = async (query: string) => {
      const seen: string[][] = [];
      let after = '';
      for (;;) {
        const page = await list(`?limit=2${query}${after}`);
        seen.push(page.data.map(({ id }) => id));
        expect([page.first_id, page.last_id]).toEqual([page.data[0]?.id, page.data.at(-1)?.id]);
        if (!page.has_more) return seen;
        after = `&after=${page.last_id}`;
      }
    };
    // Made within one millisecond, they are told apart by their ids.
    const { jobs } = program.runtime.db.tables;
    await program.runtime.db.update(jobs).set({ createdAt: new Date() });
    const byAge = (await list('?order=asc&limit=100')).data.map(({ id }) => id);
    expect(byAge.toSorted()).toEqual(ids.toSorted());
    expect(await walk('&order=asc')).toEqual([byAge.slice(0, 2), byAge.slice(2, 4), byAge.slice(4)]);
    expect((await walk('')).flat()).toEqual(byAge.toReversed());
    expect(await list(`?after=${byAge[0]}`)).toEqual({
      object: 'list',
      data: [],
      first_id: null,
      last_id: null,
      has_more: false,
    });

    const bad = call(listVideos, `/v1/videos?after=${foreign.id}`, { key: key() });
    expect(await refused(bad)).toMatchObject({ status: 400, param: 'after' });
    expect(await refused(call(listVideos, '/v1/videos?limit=1000', { key: key() }))).toMatchObject({
      status: 400,
      param: 'limit',
    });
  });

  test('a finished one is deleted with its file; the job and the log stay', async () => {
    await start({ dialect });
    const { id } = await created();
    await ended(id);
    await content(id, '?variant=thumbnail');
    const jobId = id.replace('video_', 'job_');
    expect(await storedFiles()).not.toEqual([]);

    const response = await byId(deleteVideo, id, { method: 'DELETE' });
    expect(await response.json()).toEqual({ id, object: 'video.deleted', deleted: true });
    expect(await storedFiles()).toEqual([]);
    expect(await sumStoredMedia(program.runtime.db)).toEqual({ files: 0, sizeBytes: 0, keptBytes: 0 });
    expect((await list()).data).toEqual([]);
    for (const again of [
      byId(getVideo, id),
      byId(deleteVideo, id, { method: 'DELETE' }),
      content(id),
      content(id, '?variant=thumbnail'),
    ]) {
      expect(await refused(again)).toMatchObject({ status: 404, code: 'video_not_found' });
    }
    const job = await call(getJob, `/v1/jobs/${jobId}`, { key: key(), params: { id: jobId } });
    expect(await job.json()).toMatchObject({ state: 'completed' });
    expect(await logRow(program, '/v1/videos')).toMatchObject({ jobId });
  });

  test('a file that the operator keeps stays where it is', async () => {
    await start({ dialect });
    const { id } = await created();
    await ended(id);
    await program.runtime.db.update(program.runtime.db.tables.media).set({ kept: true });
    const before = (await storedFiles()).filter((name) => name.endsWith('.mp4'));
    expect((await byId(deleteVideo, id, { method: 'DELETE' })).status).toBe(200);
    expect(await storedFiles()).toEqual(expect.arrayContaining(before));
    expect((await byId(getVideo, id)).status).toBe(404);
  });

  test('one that waits is cancelled', async () => {
    await start({ dialect, services: false });
    const { id } = await created();
    expect((await byId(deleteVideo, id, { method: 'DELETE' })).status).toBe(200);
    expect((await program.job(id.replace('video_', 'job_'))).state).toBe('cancelled');
    expect((await byId(getVideo, id)).status).toBe(404);
    expect(await storedFiles()).toEqual([]);
  });

  test('nobody else sees or deletes one', async () => {
    await start({ dialect, services: false });
    const { id } = await created();
    const other = { key: (await issueApiKey(program.runtime, { name: 'other' })).value };
    for (const answer of [
      byId(getVideo, id, other),
      byId(deleteVideo, id, { ...other, method: 'DELETE' }),
      content(id, '', other),
    ]) {
      expect(await refused(answer)).toMatchObject({ status: 404, code: 'video_not_found' });
    }
    expect((await list('', other)).data).toEqual([]);
    expect((await get(id)).status).toBe('queued');
  });

  test('one that runs is asked to stop, and what it brings all the same is kept for the operator', async () => {
    await start({ dialect, simulator: { videoDurationMs: 1_000 } });
    const { id } = await created();
    const jobId = id.replace('video_', 'job_');
    await until(async () => (await program.job(jobId)).step === 'generating');
    expect((await byId(deleteVideo, id, { method: 'DELETE' })).status).toBe(200);
    expect((await program.job(jobId)).cancelRequestedAt).not.toBeNull();
    expect((await byId(getVideo, id)).status).toBe(404);
    const state = await until(async () => {
      const job = await program.job(jobId);
      return job.endedAt === null ? undefined : job.state;
    });
    expect(['cancelled', 'completed']).toContain(state);
    expect((await list()).data).toEqual([]);
  });
});

describe('going on from a video', () => {
  const extend = (body: unknown) =>
    call(extendVideo, '/v1/videos/extensions', { method: 'POST', key: key(), body });

  test('makes another one of the same shape, as JSON and as a form', async () => {
    await start();
    const { id } = await created({ prompt, aspect_ratio: '9:16', model: 'veo-3.1-lite' });
    await ended(id);
    const first = await extend({ prompt: 'and a ship', seconds: '8', video: { id } });
    expect(first.status).toBe(200);
    const video = (await first.json()) as Video;
    expect(video).toMatchObject({
      model: 'veo-3.1-lite',
      prompt: 'and a ship',
      size: '720x1280',
      seconds: '15',
    });
    expect(video.id).not.toBe(id);
    expect(await ended(video.id)).toMatchObject({ status: 'completed', size: '720x1280', seconds: '15' });

    const form = formOf([
      ['prompt', 'and another'],
      ['seconds', '8'],
      ['video[id]', id],
    ]);
    const second = (await (await post(extendVideo, '/v1/videos/extensions', form)).json()) as Video;
    expect(await ended(second.id)).toMatchObject({ status: 'completed', seconds: '15' });
    const calls = program.simulator.stats().calls.filter(({ call: name }) => /extend/i.test(name));
    expect(calls.reduce((sum, { count }) => sum + count, 0)).toBe(2);
  });

  test.each<[string, (id: string) => unknown, object]>([
    [
      'of no length that there is',
      (id) => ({ prompt, seconds: '12', video: { id } }),
      { status: 400, param: 'seconds' },
    ],
    [
      'of another shape',
      (id) => ({ prompt, aspect_ratio: '9:16', video: { id } }),
      { status: 400, param: 'aspect_ratio' },
    ],
    [
      'by a model that cannot',
      (id) => ({ prompt, model: 'omni', video: { id } }),
      { status: 400, param: 'video' },
    ],
    ['without a prompt', (id) => ({ video: { id } }), { status: 400, param: 'prompt' }],
    ['without a video', () => ({ prompt }), { status: 400, param: 'video' }],
    [
      'of one that is not there',
      () => ({ prompt, video: { id: 'video_none' } }),
      { status: 404, code: 'video_not_found', param: 'video' },
    ],
  ])('%s is refused', async (_rule, body, expected) => {
    await start();
    const { id } = await created();
    await ended(id);
    expect(await refused(extend(body(id)))).toMatchObject(expected);
  });

  test('is refused before the video is finished, and of the video of another key', async () => {
    await start({ services: false });
    const { id } = await created();
    expect(await refused(extend({ prompt, video: { id } }))).toMatchObject({
      status: 400,
      code: 'video_not_ready',
    });
    const other = await issueApiKey(program.runtime, { name: 'other' });
    const foreign = call(extendVideo, '/v1/videos/extensions', {
      method: 'POST',
      key: other.value,
      body: { prompt, video: { id } },
    });
    expect(await refused(foreign)).toMatchObject({ status: 404, code: 'video_not_found' });
  });
});

test('a client that prefers to be told only where the result will be gets the job, also for one that goes on', async () => {
  await start({ simulator: { videoDurationMs: 200 } });
  const prefer = { prefer: 'respond-async' };
  const first = await create({ prompt }, prefer);
  const job = (await first.json()) as { id: string; object: string };
  expect([first.status, job.object]).toEqual([202, 'job']);
  expect(first.headers.get('preference-applied')).toBe('respond-async');
  expect(first.headers.get('location')).toBe(`http://gw.example/v1/jobs/${job.id}`);
  const { id } = await until(async () => {
    const response = await call(listVideos, '/v1/videos', { key: key() });
    const [video] = ((await response.json()) as Page).data;
    return video?.status === 'completed' && video;
  });
  const body = { prompt: 'it starts to rain', video: { id } };
  const next = await call(extendVideo, '/v1/videos/extensions', {
    method: 'POST',
    key: key(),
    body,
    headers: prefer,
  });
  const { id: nextId } = (await next.json()) as { id: string };
  expect([next.status, next.headers.get('location')]).toEqual([202, `http://gw.example/v1/jobs/${nextId}`]);
  expect(nextId).not.toBe(job.id);
});

describe('a request that is sent again', () => {
  const again = { 'idempotency-key': 'one' };

  test('joins the video of the first, also among many at once', async () => {
    await start({ services: false });
    const answers = await Promise.all(Array.from({ length: 10 }, () => create({ prompt }, again)));
    const videos = (await Promise.all(answers.map((answer) => answer.json()))) as Video[];
    expect(new Set(videos.map(({ id }) => id)).size).toBe(1);
    expect((await list()).data).toHaveLength(1);
    const later = await create({ prompt, seconds: null }, again);
    expect(later.headers.get('idempotency-replayed')).toBe('true');
  });

  test('as a form joins too, and another file is another body', async () => {
    await start({ services: false });
    const send = async (colour: string) =>
      post(
        createVideo,
        '/v1/videos',
        formOf([
          ['prompt', prompt],
          ['input_reference', new Blob([new Uint8Array(await picture({ colour }))])],
        ]),
        again,
      );
    const [first, second] = [await send('#112233'), await send('#112233')];
    expect(((await second.json()) as Video).id).toBe(((await first.json()) as Video).id);
    expect(await refused(send('#332211'))).toMatchObject({ status: 400, code: 'idempotency_key_reused' });
  });

  test('after the video was deleted makes no other one', async () => {
    await start({ services: false });
    const { id } = (await (await create({ prompt }, again)).json()) as Video;
    await byId(deleteVideo, id, { method: 'DELETE' });
    expect(await refused(create({ prompt }, again))).toMatchObject({ status: 410 });
    expect((await list()).data).toEqual([]);
  });
});

describe('what upstream cannot do', () => {
  test('is a clear 400 for a video that is there, and a 404 for another', async () => {
    await start({ services: false });
    const { id } = await created();
    const remix = (of: string) =>
      call(remixVideo, `/v1/videos/${of}/remix`, {
        method: 'POST',
        key: key(),
        body: { prompt },
        params: { id: of },
      });
    const edit = (of: string) =>
      post(
        editVideo,
        '/v1/videos/edits',
        formOf([
          ['prompt', prompt],
          ['video[id]', of],
        ]),
      );
    for (const ask of [remix, edit]) {
      expect(await refused(ask(id))).toMatchObject({ status: 400, code: 'unsupported_operation' });
      expect(await refused(ask('video_none'))).toMatchObject({ status: 404, code: 'video_not_found' });
    }
    expect((await list()).data).toHaveLength(1);
  });

  test('characters are unknown addresses', async () => {
    await start({ services: false });
    const answer = call(getCharacter, '/v1/videos/characters/char_1', { key: key() });
    expect(await refused(answer)).toMatchObject({ status: 404, code: 'unknown_url' });
  });
});
