import { readFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { isUpstreamError, type UpstreamError } from '../errors';
import type {
  PollOutcome,
  Submission,
  Upstream,
  UpstreamAccess,
  UpstreamHandle,
} from '../generation/upstream';
import { listen } from '../http/__fixtures__/proxies';
import { makeHttpClient } from '../http/fetch';
import type { ModelSpec } from '../models/types';
import { makeFlowUpstream } from './adapter';

// The sample answers of `__fixtures__`, sent by a real server, as the adapter understands them.

const projectId = '5b7e0c94-2f13-4d8a-b6c1-90e4a7d2f318';
const workflowId = 'c2d94f60-8e1b-4a37-9f5c-61b0e8d7a423';
const mediaName = 'e9a1756b-04cd-4f28-8b3e-7d52c6f0a194';
const operationName = '0a4d7be2913f58c6d07e42b9a5c81f36';
const sceneId = '70d8b5f3-96e2-4c1a-a4b7-f83e2d1c5069';
const batchId = '1f6c3e82-a7d5-4b90-8e24-5c93d0b7f6a1';

type Seen = { method: string; url: string; headers: IncomingHttpHeaders; body: string };
type Answer =
  | { fixture: string; status?: number; headers?: Record<string, string | string[]> }
  | { text: string; status?: number; headers?: Record<string, string | string[]> };

const open: (() => unknown)[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((close) => close()));
});

/** An upstream that gives these answers in turn, the last one again and again. */
async function answering(...answers: Answer[]): Promise<{ upstream: Upstream; seen: Seen[] }> {
  const seen: Seen[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString('utf8');
    const answer = answers[Math.min(seen.length, answers.length - 1)] ?? { text: '' };
    seen.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers, body });
    const text =
      'text' in answer
        ? answer.text
        : await readFile(new URL(`__fixtures__/${answer.fixture}.json`, import.meta.url), 'utf8');
    const type = 'text' in answer ? 'text/html; charset=utf-8' : 'application/json; charset=UTF-8';
    response.writeHead(answer.status ?? 200, { 'content-type': type, ...answer.headers }).end(text);
  });
  const port = await listen(server);
  const http = makeHttpClient({ transport: () => 'undici' });
  open.push(http.close, () => {
    server.closeAllConnections();
    server.close();
  });
  const upstream = makeFlowUpstream({
    http,
    options: () => ({
      labsBaseUrl: `http://127.0.0.1:${port}/fx/api/`,
      apiBaseUrl: `http://127.0.0.1:${port}/v1`,
      timeoutMs: 5_000,
      userAgent: 'Mozilla/5.0 (sample)',
    }),
    now: () => new Date('2026-11-23T09:15:00.123Z'),
  });
  return { upstream, seen };
}

const access: UpstreamAccess = {
  accountId: 'acc_1',
  sessionToken: 'eyJsample',
  accessToken: 'ya29.sample',
  tier: 'pro',
};
const signal = new AbortController().signal;

const spec: ModelSpec = {
  id: 'sample',
  base: 'sample',
  kind: 'video',
  mode: 'text-to-video',
  aspectRatio: '16:9',
  flow: {
    pro: { modelKey: 'veo_3_1_t2v_fast', cost: 20, upscaleCost: 0, upscaleKey: 'veo_3_1_upsampler_1080p' },
  },
};
const image: ModelSpec = {
  ...spec,
  kind: 'image',
  mode: 'text-to-image',
  flow: { pro: { modelKey: 'NARWHAL', cost: 0, upscaleCost: 0 } },
};
const submission = (given: Partial<Submission> = {}): Submission => ({
  phase: 'generate',
  spec,
  tier: 'pro',
  projectId,
  prompt: 'a lighthouse',
  references: [],
  batchId,
  sceneId,
  seed: 4_711,
  ...given,
});
const picture = {
  projectId,
  bytes: Buffer.from('pixels'),
  contentType: 'image/webp',
  width: 30,
  height: 40,
  forVideo: false,
};
const handle: UpstreamHandle = { form: 'media', name: mediaName, projectId };
const older: UpstreamHandle = { form: 'operations', name: operationName, projectId, sceneId };

async function refusalOf(promise: Promise<unknown>): Promise<UpstreamError> {
  const error: unknown = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (isUpstreamError(error)) return error;
  throw new Error('no UpstreamError', { cause: error });
}

describe('a session', () => {
  const openWith = async (answer: Answer) =>
    (await answering(answer)).upstream.openSession({ sessionToken: 'eyJsample' }, signal);

  test('gives token, end, e-mail and name', async () => {
    expect(await openWith({ fixture: 'session' })).toEqual({
      accessToken: 'ya29.sample-access-token',
      expiresAt: new Date('2099-03-04T05:06:07.000Z'),
      email: 'grace@example.org',
      name: 'Grace Sample',
    });
  });

  test('whose end cannot be read ends in an hour', async () => {
    expect(await openWith({ fixture: 'session-without-name' })).toEqual({
      accessToken: 'ya29.sample-access-token',
      expiresAt: new Date('2026-11-23T10:15:00.123Z'),
      email: 'grace@example.org',
    });
  });

  const cookie = '__Secure-next-auth.session-token';
  test.each([
    ['one', [`${cookie}=eyJnew; Path=/; HttpOnly`, 'other=1'], 'eyJnew'],
    ['one in pieces', [`${cookie}.1=world; Path=/`, `${cookie}.0=hello-; Path=/`], 'hello-world'],
    ['the same one', [`${cookie}=eyJsample; Path=/`], undefined],
    ['one that is taken away', [`${cookie}=gone; Max-Age=0`], undefined],
    ['an empty one', [`${cookie}=; Path=/`], undefined],
  ])('that sets %s tells it', async (_what, setCookie, rotated) => {
    const session = await openWith({ fixture: 'session', headers: { 'set-cookie': setCookie } });
    expect(session.rotatedSessionToken).toBe(rotated);
  });

  test.each([
    ['an empty object', { text: '{}', headers: { 'content-type': 'application/json' } }, 'dead'],
    ['status 401', { text: '{}', status: 401 }, 'dead'],
    ['an error beside a stale token', { fixture: 'session-refresh-needed' }, 'refresh_needed'],
    ['a page', { text: '<!doctype html><title>Flow</title>' }, 'migrated'],
    [
      'a page that claims to be JSON',
      { text: '\n<html></html>', headers: { 'content-type': 'application/json' } },
      'migrated',
    ],
    [
      'a redirect elsewhere',
      { text: '', status: 302, headers: { location: 'https://flow.google.com/' } },
      'migrated',
    ],
  ] as const)('answered by %s is dead, and it is known how', async (_what, answer, reason) => {
    expect((await refusalOf(openWith(answer))).failure.account).toEqual({ type: 'session_dead', reason });
  });

  test.each([
    ['broken JSON', { text: '{"user":', headers: { 'content-type': 'application/json' } }],
    ['status 403', { text: 'no', status: 403 }],
    ['status 500', { text: '<h1>500</h1>', status: 500 }],
  ])('answered by %s is not dead', async (_what, answer) => {
    expect((await refusalOf(openWith(answer))).failure.account.type).toBe('suspicious');
  });
});

test.each([
  ['credits', { credits: 740, tier: 'ultra' }],
  ['credits-zero', { credits: 0, tier: 'pro' }],
  ['credits-unknown-tier', { credits: 5, tier: 'free' }],
])('a balance is read from %s', async (fixture, expected) => {
  expect(await (await answering({ fixture })).upstream.getBalance(access, signal)).toEqual(expected);
});

describe('a project', () => {
  const create = async (answer: Answer) =>
    (await answering(answer)).upstream.createProject(access, 'asked for', signal);

  test('is named by the inner of two results', async () => {
    expect(await create({ fixture: 'project' })).toEqual({ projectId, title: 'Nov 23 - 09:15' });
  });

  test.each([
    [
      'failed inside status 200',
      { fixture: 'project-failed-inside' },
      { status: 500, account: { type: 'suspicious' } },
    ],
    [
      'was refused',
      { fixture: 'project-bad-request', status: 400 },
      { status: 400, account: { type: 'none' } },
    ],
    [
      'was answered by a page: who are we?',
      { text: '<html></html>' },
      { status: 401, account: { type: 'access_expired' } },
    ],
    [
      'has no id',
      {
        text: '{"result":{"data":{"json":{"result":{},"status":200}}}}',
        headers: { 'content-type': 'application/json' },
      },
      { account: { type: 'suspicious' } },
    ],
  ])('that %s is none', async (_what, answer, failure) => {
    expect((await refusalOf(create(answer))).failure).toMatchObject(failure);
  });
});

describe('an upload', () => {
  test.each([
    ['upload', mediaName],
    ['upload-list', mediaName],
    ['upload-december', 'CAMaJDllMGY2YjMxLWQ3YTItNDg1Yy1hYjE0LTNjNTg3ZjkwZTJkNiIDQ0FF'],
  ])('gives the id of %s', async (fixture, id) => {
    expect(await (await answering({ fixture })).upstream.uploadReference(access, picture, signal)).toBe(id);
  });

  test('is sent with the type and ratio that the picture has', async () => {
    const { upstream, seen } = await answering({ fixture: 'upload' });
    await upstream.uploadReference(access, picture, signal);
    expect(seen[0]?.url).toBe('/v1/flow/uploadImage');
    expect(JSON.parse(seen[0]?.body ?? '')).toEqual({
      clientContext: { sessionId: ';1795425300123', projectId, tool: 'PINHOLE' },
      fileName: 'reference_1795425300123.webp',
      isHidden: false,
      isUserUploaded: true,
      mimeType: 'image/webp',
      imageBytes: Buffer.from('pixels').toString('base64'),
    });
  });

  test('goes in the older form where the server has nothing else, told by a refusal and by its balance', async () => {
    const { upstream, seen } = await answering(
      { text: '<h1>404</h1>', status: 404 },
      { text: '{"credits":5,"userPaygateTier":"PAYGATE_TIER_ONE"}' },
      { fixture: 'upload-december' },
    );
    await upstream.uploadReference(access, picture, signal);
    expect(seen.map(({ url }) => url)).toEqual([
      '/v1/flow/uploadImage',
      '/v1/credits',
      '/v1:uploadUserImage',
    ]);
    expect(JSON.parse(seen[2]?.body ?? '')).toEqual({
      clientContext: { sessionId: ';1795425300123', tool: 'ASSET_MANAGER' },
      imageInput: {
        mimeType: 'image/webp',
        isUserUploaded: true,
        aspectRatio: 'IMAGE_ASPECT_RATIO_PORTRAIT_THREE_FOUR',
        rawImageBytes: Buffer.from('pixels').toString('base64'),
      },
    });
  });
});

describe('a picture', () => {
  const submitImage = async (answer: Answer) =>
    (await answering(answer)).upstream.submit(access, submission({ spec: image }), signal);

  test('of the current answer comes with its link and size', async () => {
    expect(await submitImage({ fixture: 'images' })).toEqual({
      type: 'finished',
      remainingCredits: 740,
      outputs: [
        {
          mediaName,
          projectId,
          workflowId,
          width: 1024,
          height: 1024,
          url: expect.stringMatching(/^https:\/\/cdn\.example\/image\//),
        },
      ],
    });
  });

  test.each(['images-december', 'images-bare-array'])(
    'of %s comes with its link rather than its bytes',
    async (fixture) => {
      expect(await submitImage({ fixture })).toEqual({
        type: 'finished',
        outputs: [
          {
            mediaName: expect.stringMatching(/^CAMS/),
            projectId,
            workflowId,
            url: expect.stringMatching(/^https:\/\/storage\.example\/image\//),
          },
        ],
      });
    },
  );

  test('that is missing from an answer of success may exist all the same', async () => {
    expect((await refusalOf(submitImage({ fixture: 'images-empty' }))).failure).toMatchObject({
      accepted: 'unknown',
      account: { type: 'suspicious' },
    });
  });

  test('that was filtered after it was made costs nothing', async () => {
    expect(await refusalOf(submitImage({ fixture: 'images-filtered' }))).toMatchObject({
      code: 'content_refused',
      failure: { accepted: 'no', account: { type: 'none' } },
      details: { reason: 'PUBLIC_ERROR_IMAGE_OUTPUT_IP_FILTER' },
    });
  });

  test('made larger is decoded', async () => {
    const { upstream } = await answering({ fixture: 'upsampled-image' });
    const outcome = await upstream.submit(
      access,
      submission({ phase: 'upscale', spec: { ...image, upscale: '2k' }, source: { mediaName, projectId } }),
      signal,
    );
    expect(outcome).toMatchObject({
      type: 'finished',
      outputs: [{ data: Buffer.from('/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAMCAgMCAgMDAwMEAwME', 'base64') }],
    });
  });

  test.each([
    ['cut off', '{"encodedImage":"/9j/4AAQ'],
    ['missing', '{"done":true}'],
    ['empty', '{"encodedImage":""}'],
  ])('made larger that is %s can be made again', async (_what, text) => {
    const { upstream } = await answering({ text });
    const submit = upstream.submit(
      access,
      submission({ phase: 'upscale', spec: { ...image, upscale: '2k' }, source: { mediaName, projectId } }),
      signal,
    );
    expect((await refusalOf(submit)).failure).toMatchObject({ accepted: 'no', retry: 'same_account' });
  });
});

describe('a video', () => {
  const submitVideo = async (fixture: string) =>
    (await answering({ fixture })).upstream.submit(access, submission(), signal);

  test.each(['video', 'video-both'])('submitted, answered by %s, is polled as media', async (fixture) => {
    expect(await submitVideo(fixture)).toEqual({
      type: 'accepted',
      handle: { form: 'media', name: mediaName, projectId, workflowId, sceneId },
      remainingCredits: 720,
    });
  });

  test('submitted, answered in the older form, is polled as an operation', async () => {
    expect(await submitVideo('video-december')).toEqual({
      type: 'accepted',
      handle: { form: 'operations', name: operationName, projectId, sceneId },
      remainingCredits: 720,
    });
  });

  test('that no part of the answer names may run all the same', async () => {
    expect((await refusalOf(submitVideo('video-neither'))).failure).toMatchObject({ accepted: 'unknown' });
  });

  test('is submitted with the headers that upstream wants, and an empty place for a recaptcha value', async () => {
    const { upstream, seen } = await answering({ fixture: 'video' });
    await upstream.submit(access, submission(), signal);
    const [call] = seen;
    expect(call?.headers).toMatchObject({
      authorization: 'Bearer ya29.sample',
      'content-type': 'application/json',
      origin: 'https://labs.google',
      referer: 'https://labs.google/',
      'user-agent': 'Mozilla/5.0 (sample)',
    });
    expect(call?.headers.cookie).toBeUndefined();
    expect(JSON.parse(call?.body ?? '')).toEqual({
      mediaGenerationContext: { batchId, audioFailurePreference: 'BLOCK_SILENCED_VIDEOS' },
      clientContext: {
        recaptchaContext: { token: '', applicationType: 'RECAPTCHA_APPLICATION_TYPE_WEB' },
        sessionId: ';1795425300123',
        projectId,
        tool: 'PINHOLE',
        userPaygateTier: 'PAYGATE_TIER_ONE',
      },
      requests: [
        {
          aspectRatio: 'VIDEO_ASPECT_RATIO_LANDSCAPE',
          seed: 4_711,
          textInput: { structuredPrompt: { parts: [{ text: 'a lighthouse' }] } },
          videoModelKey: 'veo_3_1_t2v_fast',
          metadata: {},
        },
      ],
      useV2ModelConfig: true,
    });
  });

  test('of a model that the plan does not have is refused here', async () => {
    const { upstream, seen } = await answering({ fixture: 'video' });
    const error = await refusalOf(upstream.submit(access, submission({ tier: 'free' }), signal));
    expect(error).toMatchObject({
      code: 'model_requires_tier',
      failure: { accepted: 'no', account: { type: 'no_access' } },
    });
    expect(seen).toEqual([]);
  });
});

describe('a poll', () => {
  const cases: [string, UpstreamHandle, PollOutcome | object | undefined][] = [
    ['poll-active', handle, { type: 'running', status: 'ACTIVE' }],
    [
      'poll-successful',
      handle,
      { type: 'succeeded', output: { mediaName, projectId, workflowId, width: 1280, height: 720 } },
    ],
    [
      'poll-without-status',
      handle,
      { type: 'succeeded', output: { mediaName, projectId, workflowId, width: 1280, height: 720 } },
    ],
    [
      'poll-without-anything',
      handle,
      { type: 'failed', cancelled: false, error: { code: 'upstream_failed', message: expect.any(String) } },
    ],
    [
      'poll-null',
      handle,
      { type: 'failed', cancelled: false, error: { code: 'upstream_failed', message: expect.any(String) } },
    ],
    [
      'poll-failed',
      handle,
      {
        type: 'failed',
        cancelled: false,
        error: {
          code: 'content_refused',
          message: expect.stringContaining('PUBLIC_ERROR_IP_INPUT_IMAGE'),
          details: { reason: 'PUBLIC_ERROR_IP_INPUT_IMAGE' },
        },
      },
    ],
    [
      'poll-failed-by-reason-list',
      handle,
      {
        type: 'failed',
        cancelled: false,
        error: {
          code: 'content_refused',
          message: expect.not.stringContaining('grace'),
          details: { reason: 'IP_PROHIBITED' },
        },
      },
    ],
    [
      'poll-failed-without-reason',
      handle,
      {
        type: 'failed',
        cancelled: false,
        error: { code: 'upstream_failed', message: expect.any(String), details: { reason: 'INTERNAL' } },
      },
    ],
    [
      'poll-canceled',
      handle,
      { type: 'failed', cancelled: true, error: { code: 'cancelled', message: expect.any(String) } },
    ],
    [
      'poll-december-successful',
      older,
      {
        type: 'succeeded',
        remainingCredits: 720,
        output: {
          mediaName: expect.stringMatching(/^CAUS/),
          projectId,
          url: expect.stringMatching(/^https:\/\/storage\.example\/video\//),
        },
      },
    ],
    [
      'poll-december-metadata-above',
      older,
      {
        type: 'succeeded',
        output: { mediaName: expect.stringMatching(/^CAUS/), projectId, url: expect.any(String) },
      },
    ],
    [
      'poll-december-failed',
      older,
      {
        type: 'failed',
        cancelled: false,
        error: {
          code: 'content_refused',
          message: expect.any(String),
          details: { reason: 'PUBLIC_ERROR_AUDIO_FILTERED' },
        },
      },
    ],
    ['poll-active', { ...handle, name: 'another' }, undefined],
  ];

  test.each(cases)('answered by %s', async (fixture, asked, expected) => {
    const { upstream } = await answering({ fixture });
    expect((await upstream.poll(access, [asked], signal)).get(asked.name)).toEqual(expected);
  });

  test('is not spoilt by an item that nobody can read', async () => {
    const good = {
      name: mediaName,
      mediaMetadata: { mediaStatus: { mediaGenerationStatus: 'MEDIA_GENERATION_STATUS_ACTIVE' } },
    };
    const odd = { name: 7, mediaMetadata: 'none', video: [] };
    const { upstream } = await answering({
      text: JSON.stringify({ media: ['what', null, odd, good], remainingCredits: '12' }),
    });
    expect((await upstream.poll(access, [handle], signal)).get(mediaName)).toEqual({
      type: 'running',
      status: 'ACTIVE',
    });
  });

  test('asks in the form of each handle', async () => {
    const { upstream, seen } = await answering(
      { fixture: 'poll-active' },
      { fixture: 'poll-december-failed' },
    );
    const outcomes = await upstream.poll(access, [older, handle], signal);
    expect(seen.map(({ body }) => JSON.parse(body))).toEqual([
      { media: [{ name: mediaName, projectId }] },
      { operations: [{ operation: { name: operationName }, sceneId }] },
    ]);
    expect(outcomes.size).toBe(2);
  });
});

describe('a file', () => {
  const read = async (upstream: Upstream, output: Parameters<Upstream['openOutput']>[1]) => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of (await upstream.openOutput(access, output, 'video', signal)).body)
      chunks.push(chunk);
    return Buffer.concat(chunks).toString('latin1');
  };
  const missing: Answer = { fixture: 'project-bad-request', status: 404 };

  test.each([301, 302, 303, 307, 308])(
    'is fetched from where status %i of labs points, relative or not, without credentials',
    async (status) => {
      const { upstream, seen } = await answering(
        { text: '', status, headers: { location: '/cdn/video/1?Expires=4102444800' } },
        { text: 'film', headers: { 'content-type': 'video/mp4' } },
      );
      expect(await read(upstream, { mediaName, projectId })).toBe('film');
      expect(seen[0]?.url).toBe(
        `/fx/api/trpc/media.getMediaUrlRedirect?name=${mediaName}&mediaUrlType=MEDIA_URL_TYPE_FULL_MEDIA`,
      );
      expect(seen[0]?.headers.cookie).toBe('__Secure-next-auth.session-token=eyJsample');
      expect(seen[1]).toMatchObject({
        url: '/cdn/video/1?Expires=4102444800',
        headers: { referer: 'https://labs.google/' },
      });
      expect(seen[1]?.headers).not.toHaveProperty('cookie');
      expect(seen[1]?.headers).not.toHaveProperty('authorization');
    },
  );

  test('is read inline, its id encoded, when no link leads to it', async () => {
    const { upstream, seen } = await answering(missing, missing, missing, missing, {
      fixture: 'media-inline',
    });
    expect(await read(upstream, { mediaName: 'CAUS+/=', projectId })).toBe(
      '\0\0\0 ftypisom\0\0\x02\0isomiso2',
    );
    expect(seen.at(-1)?.url).toBe('/v1/media/CAUS%2B%2F%3D');
  });

  test('is never a page, whatever the status says', async () => {
    const { upstream } = await answering(
      { text: '', status: 302, headers: { location: '/cdn' } },
      { text: '<html>' },
      missing,
    );
    expect((await refusalOf(read(upstream, { mediaName, projectId }))).failure.account).toEqual({
      type: 'suspicious',
    });
  });

  test('of an output without a name or a good link is gone', async () => {
    const { upstream, seen } = await answering({ text: 'film' });
    const url = 'http://127.0.0.1:1/video?Expires=1700000000';
    expect(await refusalOf(read(upstream, { url, projectId }))).toMatchObject({
      code: 'upstream_failed',
      failure: { retry: 'never' },
    });
    expect(seen).toEqual([]);
  });

  test('is never asked for at an address that is neither http nor https', async () => {
    const { upstream } = await answering({
      text: '',
      status: 302,
      headers: { location: 'file:///etc/passwd' },
    });
    expect(await upstream.publicUrl(access, { mediaName, projectId }, signal)).toBeUndefined();
  });
});

test('a success that does not say where the file is counts as running: it is asked about again', async () => {
  const operations = [{ operation: { name: operationName }, status: 'MEDIA_GENERATION_STATUS_SUCCESSFUL' }];
  const { upstream } = await answering({ text: JSON.stringify({ operations }) });
  const handle: UpstreamHandle = { form: 'operations', name: operationName, projectId };
  const outcomes = await upstream.poll(access, [handle], AbortSignal.timeout(5_000));
  expect(outcomes.get(operationName)).toEqual({
    type: 'running',
    status: 'MEDIA_GENERATION_STATUS_SUCCESSFUL',
  });
});

describe('a join of clips', () => {
  const name = 'projects/1/locations/us-east4/jobs/2';
  const handle: UpstreamHandle = { form: 'concatenation', name, projectId };
  const prefix = 'MEDIA_GENERATION_STATUS_';
  const check = async (text: string): Promise<PollOutcome | undefined> => {
    const { upstream } = await answering({ text });
    return (await upstream.poll(access, [handle], signal)).get(name);
  };

  test('is asked for with lengths in nanoseconds, without a context, and has a name', async () => {
    const { upstream, seen } = await answering({
      text: JSON.stringify({ operation: { operation: { name } } }),
    });
    const parts = [
      { mediaName: 'one', seconds: 6, fromSecond: 0 },
      { mediaName: 'two', seconds: 8, fromSecond: 1 },
    ];
    const outcome = await upstream.submit(access, submission({ phase: 'concatenate', parts }), signal);
    expect(outcome).toEqual({ type: 'accepted', handle });
    expect(seen[0]?.url).toBe('/v1:runVideoFxConcatenation');
    expect(JSON.parse(seen[0]?.body ?? '')).toEqual({
      inputVideos: [
        { mediaGenerationId: 'one', length: '6000000000', startTimeOffset: '0s', endTimeOffset: '6s' },
        { mediaGenerationId: 'two', length: '8000000000', startTimeOffset: '1s', endTimeOffset: '8s' },
      ],
    });
  });

  test.each<[string, object | string, object]>([
    ['runs', { status: `${prefix}ACTIVE`, outputUri: '', mediaGenerationId: '' }, { type: 'running' }],
    [
      'is done, with its file',
      { status: `${prefix}SUCCESSFUL`, inputsCount: 2, encodedVideo: 'AAAA' },
      { type: 'succeeded', output: { projectId, concatenation: name } },
    ],
    [
      'is done, its file before its status',
      { encodedVideo: 'A'.repeat(300_000), status: `${prefix}SUCCESSFUL` },
      { type: 'succeeded', output: { projectId, concatenation: name } },
    ],
    [
      'is done, with an address',
      { status: `${prefix}SUCCESSFUL`, outputUri: 'https://cdn.example/film', encodedVideo: '' },
      { type: 'succeeded', output: { projectId, concatenation: name, url: 'https://cdn.example/film' } },
    ],
    ['is done, and nobody knows where', { status: `${prefix}SUCCESSFUL` }, { type: 'running' }],
    ['has failed', { status: `${prefix}FAILED` }, { type: 'failed', cancelled: false }],
    ['was stopped', { status: `${prefix}CANCELLED` }, { type: 'failed', cancelled: true }],
    ['is in a state that nobody has seen yet', { status: `${prefix}MERGING` }, { type: 'running' }],
  ])('%s', async (_state, body, expected) => {
    expect(await check(JSON.stringify(body, undefined, 1))).toMatchObject(expected);
  });

  test.each(['{}', '<html>', '', '{"status":"'])('whose answer is %j cannot be read', async (text) => {
    await expect(check(text)).rejects.toMatchObject({ code: 'upstream_unavailable' });
  });

  test('gives its file from the answer, and has no address beside it', async () => {
    const { upstream, seen } = await answering({
      text: JSON.stringify({ status: `${prefix}SUCCESSFUL`, encodedVideo: btoa('film') }),
    });
    const output = { projectId, mediaName, concatenation: name };
    const { body } = await upstream.openOutput(access, output, 'video', signal);
    const pieces: Uint8Array[] = [];
    for await (const piece of body) pieces.push(piece);
    expect(Buffer.concat(pieces).toString()).toBe('film');
    expect(seen.map(({ url }) => url)).toEqual(['/v1:runVideoFxCheckConcatenationStatus']);
    expect(await upstream.publicUrl(access, output, signal)).toBeUndefined();
    expect(await upstream.cancel(access, handle, signal)).toBe(false);
  });
});
