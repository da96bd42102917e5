import { randomUUID } from 'node:crypto';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readMp4 } from '@/lib/media/mp4-facts';
import { type Simulator, startSimulator } from './server';
import {
  at,
  connect,
  finishVideo,
  free,
  generateImage,
  locationOf,
  pro,
  read,
  type TestClient,
  ultra,
  verbs,
  videoBody,
  videoInputBody,
} from './test-client';

let simulator: Simulator;
let client: TestClient;

beforeEach(async () => {
  simulator = await startSimulator({ accounts: [pro, free, ultra], render: false });
  client = await connect(simulator, pro);
});
afterEach(() => simulator.close());

const bytesOf = async (url: string, init: RequestInit = {}) => {
  const response = await fetch(url, init);
  return {
    status: response.status,
    headers: response.headers,
    bytes: Buffer.from(await response.arrayBuffer()),
  };
};
const redirect = (query: string) => client.labs(`/trpc/media.getMediaUrlRedirect?${query}`);

describe('the redirect', () => {
  test.each([302, 307] as const)('leads to a signed link by %d', async (status) => {
    simulator.options.redirectStatus = status;
    const name = await finishVideo(simulator, client);
    const reply = await redirect(`name=${name}&mediaUrlType=MEDIA_URL_TYPE_FULL_MEDIA`);
    expect(reply.status).toBe(status);
    expect(reply.headers.get('location')).toMatch(
      new RegExp(`/cdn/video/${name}\\?Expires=\\d+&KeyName=labs-flow-prod-cdn-key&Signature=`),
    );
  });

  test('gives a poster for a video, and works for pictures too', async () => {
    const video = await finishVideo(simulator, client);
    const poster = await bytesOf(await locationOf(client, video, '&mediaUrlType=MEDIA_URL_TYPE_THUMBNAIL'));
    expect((await sharp(poster.bytes).metadata()).format).toBe('jpeg');
    const image = await bytesOf(await locationOf(client, await generateImage(client)));
    expect((await sharp(image.bytes).metadata()).width).toBe(1376);
  });

  test('asks for the cookie of the account whose medium it is', async () => {
    const name = await finishVideo(simulator, client);
    const url = `${simulator.labsBaseUrl}/trpc/media.getMediaUrlRedirect?name=${name}`;
    expect((await client.send(url)).status).toBe(401);
    expect(
      (await (await connect(simulator, free)).labs(`/trpc/media.getMediaUrlRedirect?name=${name}`)).status,
    ).toBe(404);
  });

  test.each([
    ['a tRPC input', `input=${encodeURIComponent('{"json":{}}')}`, 400],
    ['an unknown type', 'name=x&mediaUrlType=MEDIA_URL_TYPE_GIF', 400],
    ['an unknown name', 'name=x', 404],
  ])('refuses %s', async (_rule, query, status) => {
    expect((await redirect(query)).status).toBe(status);
  });

  test('knows no file before the video is done, nor until it is written', async () => {
    simulator.options.fileDelayMs = 5_000;
    const name = read((await client.api(verbs.t2v, videoBody(client.projectId))).body, 'media.0.name');
    expect((await redirect(`name=${name}`)).status).toBe(404);
    simulator.advance(1_000);
    expect((await redirect(`name=${name}`)).status).toBe(404);
    simulator.advance(5_000);
    expect((await redirect(`name=${name}`)).status).toBe(307);
  });
});

describe('the CDN', () => {
  let url: string;
  beforeEach(async () => {
    url = await locationOf(client, await finishVideo(simulator, client));
  });

  test('serves an MP4 that is this video’s own', async () => {
    const { headers, bytes } = await bytesOf(url);
    expect([headers.get('content-type'), headers.get('accept-ranges')]).toEqual(['video/mp4', 'bytes']);
    expect(bytes.subarray(4, 8).toString()).toBe('ftyp');
    const other = await bytesOf(await locationOf(client, await finishVideo(simulator, client)));
    expect(other.bytes.equals(bytes)).toBe(false);
  });

  test('answers HEAD with the length alone', async () => {
    const { headers, bytes } = await bytesOf(url, { method: 'HEAD' });
    expect([Number(headers.get('content-length')) > 1_000, bytes.length]).toEqual([true, 0]);
  });

  test.each([
    ['bytes=0-99', 206, 100],
    ['bytes=-50', 206, 50],
    ['bytes=10-', 206, undefined],
    ['bytes=0-0,5-6', 200, undefined],
    ['bytes=99999999-', 416, 0],
  ])('answers the range %s with %d', async (range, status, length) => {
    const whole = await bytesOf(url);
    const part = await bytesOf(url, { headers: { range } });
    expect(part.status).toBe(status);
    const expected = length ?? (range === 'bytes=10-' ? whole.bytes.length - 10 : whole.bytes.length);
    expect(part.bytes.length).toBe(expected);
  });

  test('refuses credentials of any kind', async () => {
    expect((await bytesOf(url, { headers: { authorization: 'Bearer x' } })).status).toBe(403);
    expect((await bytesOf(url, { headers: { cookie: 'a=b' } })).status).toBe(403);
  });

  test('refuses a link that has expired or was changed', async () => {
    expect((await bytesOf(url.replace('Signature=', 'Signature=x'))).status).toBe(403);
    expect((await bytesOf(url.replace(/Expires=\d+/, 'Expires=9999999999'))).status).toBe(403);
    simulator.advance(24 * 3_600_000 + 1_000);
    expect((await bytesOf(url)).status).toBe(403);
  });
});

test.each([
  ['veo_3_1_t2v_fast_4s', '1080P', '1080p', 4],
  ['veo_3_1_t2v_fast_6s', '4K', '4k', 6],
])('an upscale of %s to %s is a file of its own', async (videoModelKey, resolution, suffix) => {
  const by = await connect(simulator, ultra);
  const source = await finishVideo(simulator, by, { videoModelKey });
  const item = { videoModelKey: `veo_3_1_upsampler_${suffix}`, resolution: `VIDEO_RESOLUTION_${resolution}` };
  await by.api(verbs.upsampleVideo, videoInputBody(by.projectId, source, item));
  simulator.advance(1_000);
  const file = await bytesOf(await locationOf(by, `${source}_upsampled`));
  expect(file.bytes.subarray(4, 8).toString()).toBe('ftyp');
});

test('a medium comes whole as base64 by its Bearer', async () => {
  const video = await client.api(`/media/${await finishVideo(simulator, client)}`);
  expect(Buffer.from(read(video.body, 'video.encodedVideo'), 'base64').subarray(4, 8).toString()).toBe(
    'ftyp',
  );
  expect(at(video.body, 'video.model')).toBe('veo_3_1_t2v_fast');
  const image = await client.api(`/media/${await generateImage(client)}`);
  expect(read(image.body, 'image.encodedImage').length).toBeGreaterThan(100);
  expect((await client.api('/media/unknown')).status).toBe(404);
});

test('assets are deleted at once, and one unknown id refuses all', async () => {
  const name = await generateImage(client);
  const remove = (...mediaIds: string[]) => client.api('/flow:batchDeleteAssets', { mediaIds });
  expect((await remove(name, 'unknown')).status).toBe(404);
  expect((await client.api(`/media/${name}`)).status).toBe(200);
  expect((await remove(name)).status).toBe(200);
  expect((await client.api(`/media/${name}`)).status).toBe(404);
});

describe('joining videos', () => {
  const clip = (mediaGenerationId: string, startTimeOffset: string) => ({
    mediaGenerationId,
    length: '8000000000',
    startTimeOffset,
    endTimeOffset: '8s',
  });
  const check = (operation: unknown) => client.api(':runVideoFxCheckConcatenationStatus', { operation });

  test('runs for a while and then holds the MP4', async () => {
    const names = [await finishVideo(simulator, client), await finishVideo(simulator, client)];
    const inputVideos = [clip(names[0] ?? '', '0s'), clip(names[1] ?? '', '1s')];
    const started = await client.api(':runVideoFxConcatenation', { inputVideos });
    const operation = at(started.body, 'operation');
    expect((await check(operation)).body).toEqual({
      status: 'MEDIA_GENERATION_STATUS_ACTIVE',
      outputUri: '',
      mediaGenerationId: '',
    });
    simulator.advance(1_000);
    const done = await check(operation);
    expect(done.body).toMatchObject({ status: 'MEDIA_GENERATION_STATUS_SUCCESSFUL', inputsCount: 2 });
    const file = Buffer.from(read(done.body, 'encodedVideo'), 'base64');
    const facts = await readMp4(async (start, length) => file.subarray(start, start + length), file.length);
    expect(facts).toEqual({ width: 1280, height: 720, seconds: 15 });
  });

  test('takes more than two', async () => {
    const names: string[] = [];
    while (names.length < 3) names.push(await finishVideo(simulator, client));
    const inputVideos = names.map((name, index) => clip(name, index === 0 ? '0s' : '1s'));
    const { body } = await client.api(':runVideoFxConcatenation', { inputVideos });
    simulator.advance(1_000);
    expect((await check(at(body, 'operation'))).body).toMatchObject({ inputsCount: 3 });
  });

  test('is known to the account that started it alone', async () => {
    const names = [await finishVideo(simulator, client), await finishVideo(simulator, client)];
    const inputVideos = [clip(names[0] ?? '', '0s'), clip(names[1] ?? '', '1s')];
    const { body } = await client.api(':runVideoFxConcatenation', { inputVideos });
    const other = await connect(simulator, ultra);
    const operation = at(body, 'operation');
    const asked = (by: TestClient) => by.api(':runVideoFxCheckConcatenationStatus', { operation });
    expect((await asked(client)).status).toBe(200);
    expect((await asked(other)).status).toBe(404);
    expect((await check({ operation: { name: 'projects/1/locations/x/jobs/none' } })).status).toBe(404);
    expect((await other.api(':runVideoFxConcatenation', { inputVideos })).status).toBe(404);
  });

  test('refuses a clip that is still made', async () => {
    const done = await finishVideo(simulator, client);
    const { body } = await client.api(verbs.t2v, videoBody(client.projectId));
    const running = read(body, 'media.0.name');
    const inputVideos = [clip(done, '0s'), clip(running, '1s')];
    expect((await client.api(':runVideoFxConcatenation', { inputVideos })).status).toBe(404);
  });

  test.each([
    ['1s', '8s', 200],
    ['0s', '7s', 400],
    ['0.5s', '7.5s', 400],
  ])(
    'a clip that goes on from another one is taken from its second second on: from %s, after one up to %s: %i',
    async (from, to, status) => {
      const source = await finishVideo(simulator, client);
      const { body } = await client.api(
        verbs.extendVideo,
        videoInputBody(client.projectId, source, {
          videoModelKey: 'veo_3_1_extend_landscape',
          metadata: { sceneId: randomUUID() },
        }),
      );
      simulator.advance(60_000);
      const first = { ...clip(source, '0s'), endTimeOffset: to };
      const inputVideos = [first, clip(read(body, 'media.0.name'), from)];
      expect((await client.api(':runVideoFxConcatenation', { inputVideos })).status).toBe(status);
    },
  );

  test.each([
    ['a length as a number in another member', { lengthNanos: 8_000 }, 400],
    ['a length that is not the clip’s', { length: '7000000000' }, 400],
    ['an end behind the clip', { endTimeOffset: '9s' }, 400],
    ['an unknown video', { mediaGenerationId: 'unknown' }, 404],
  ])('refuses %s', async (_rule, change, status) => {
    const input = { ...clip(await finishVideo(simulator, client), '0s'), ...change };
    expect((await client.api(':runVideoFxConcatenation', { inputVideos: [input] })).status).toBe(status);
  });

  test('refuses clips of Omni', async () => {
    const name = await finishVideo(simulator, client, { videoModelKey: 'abra_t2v_8s' });
    expect((await client.api(':runVideoFxConcatenation', { inputVideos: [clip(name, '0s')] })).status).toBe(
      400,
    );
  });
});
