import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Simulator, startSimulator } from './server';
import {
  at,
  connect,
  finishVideo,
  free,
  generateImage,
  messageOf,
  pro,
  read,
  reasonOf,
  statusBody,
  statusOf,
  type TestClient,
  ultra,
  upload,
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

type Item = Record<string, unknown>;
const portrait = { aspectRatio: 'VIDEO_ASPECT_RATIO_PORTRAIT' };
const missing = '7d3c1f0a-52b4-4c8e-9a61-0f4e2b8d7c15';
const submit = (verb: keyof typeof verbs, item: Item = {}, envelope: Item = {}) =>
  client.api(verbs[verb], videoBody(client.projectId, item, envelope));
const references = (count: number, mediaId: string) => ({
  referenceImages: Array.from({ length: count }, () => ({
    imageUsageType: 'IMAGE_USAGE_TYPE_ASSET',
    mediaId,
  })),
});

describe('the answer', () => {
  test('names media and workflow, tells the credits left, and has no URL', async () => {
    const body = videoBody(client.projectId);
    const reply = await client.api(verbs.t2v, body);
    expect(reply.body).toMatchObject({
      remainingCredits: 980,
      workflows: [
        { projectId: client.projectId, metadata: { batchId: at(body, 'mediaGenerationContext.batchId') } },
      ],
      media: [
        {
          projectId: client.projectId,
          mediaMetadata: { mediaStatus: { mediaGenerationStatus: 'MEDIA_GENERATION_STATUS_SCHEDULED' } },
        },
      ],
    });
    expect(JSON.stringify(reply.body)).not.toContain('http');
  });

  test('has the older operations for text, not for frames', async () => {
    expect((await submit('t2v')).body).toHaveProperty('operations');
    const startImage = { mediaId: await upload(client) };
    const reply = await submit('startImage', { videoModelKey: 'veo_3_1_i2v_s_fast', startImage });
    expect(reply.status).toBe(200);
    expect(reply.body).not.toHaveProperty('operations');
  });

  test('leaves remainingCredits out at zero', async () => {
    simulator.account(pro.email).credits = 20;
    expect((await submit('t2v')).body).not.toHaveProperty('remainingCredits');
  });

  test('has one item for each request', async () => {
    const item = at(videoBody(client.projectId), 'requests.0');
    const reply = await submit('t2v', {}, { requests: [item, item, item] });
    expect([at(reply.body, 'media.length'), at(reply.body, 'remainingCredits')]).toEqual([3, 940]);
  });
});

describe('what is refused with 400', () => {
  test.each<[string, Item, string]>([
    [
      'a duration',
      { videoLengthSeconds: 8 },
      `Unknown name "videoLengthSeconds" at 'requests[0]': Cannot find field.`,
    ],
    ['the name of the plain prompt', { prompt: 'x' }, `Unknown name "prompt" at 'requests[0]'`],
    ['response members', { requestData: {} }, `Unknown name "requestData" at 'requests[0]'`],
    ['a frame on the text verb', { startImage: { mediaId: missing } }, `Unknown name "startImage"`],
    [
      'a deeper unknown member',
      { textInput: { prompt: 'x', voice: 1 } },
      `Unknown name "voice" at 'requests[0].text_input'`,
    ],
    [
      'an aspect of images',
      { aspectRatio: 'IMAGE_ASPECT_RATIO_LANDSCAPE' },
      `Invalid value at 'requests[0].aspect_ratio'`,
    ],
    [
      'an aspect in digits',
      { aspectRatio: 'VIDEO_ASPECT_RATIO_16_9' },
      `Invalid value at 'requests[0].aspect_ratio'`,
    ],
    ['no seed', { seed: undefined }, `Missing required field 'requests[0].seed'`],
    [
      'a scene id that is no UUID',
      { metadata: { sceneId: '1' } },
      `Invalid value at 'requests[0].metadata.scene_id'`,
    ],
  ])('%s, named in a field violation', async (_rule, item, text) => {
    const reply = await submit('t2v', item);
    expect([reply.status, at(reply.body, 'error.status')]).toEqual([400, 'INVALID_ARGUMENT']);
    expect(messageOf(reply)).toContain(text);
    expect(at(reply.body, 'error.details.0.fieldViolations.0.description')).toContain(text);
  });

  test.each<[string, Item, Item]>([
    ['square', { aspectRatio: 'VIDEO_ASPECT_RATIO_SQUARE' }, {}],
    ['a landscape key for portrait', portrait, {}],
    ['no prompt at all', { textInput: {} }, {}],
    ['no useV2ModelConfig', {}, { useV2ModelConfig: undefined }],
    ['no batch id', {}, { mediaGenerationContext: {} }],
    ['no requests', {}, { requests: [] }],
    ['a key of the reference verb', { videoModelKey: 'veo_3_1_r2v_fast_landscape' }, {}],
    ['a key of the frame verb', { videoModelKey: 'veo_3_1_i2v_s_fast' }, {}],
  ])('%s', async (_rule, item, envelope) => {
    expect((await submit('t2v', item, envelope)).status).toBe(400);
  });

  test.each([
    ['both recaptcha members', { recaptchaToken: '', recaptchaContext: {} }],
    ['the older recaptcha member', { recaptchaToken: '' }],
    ['no recaptcha member', {}],
  ])('%s', async (_rule, members) => {
    const clientContext = {
      sessionId: ';1766066400123',
      projectId: client.projectId,
      tool: 'PINHOLE',
      userPaygateTier: 'PAYGATE_TIER_ONE',
      ...members,
    };
    expect((await submit('t2v', {}, { clientContext })).status).toBe(400);
  });
});

describe('frames and references', () => {
  let mediaId: string;
  beforeEach(async () => {
    mediaId = await upload(client);
  });

  test.each<[string, keyof typeof verbs, (id: string) => Item, number]>([
    [
      'one frame with the single key',
      'startImage',
      (id) => ({ videoModelKey: 'veo_3_1_i2v_s_fast', startImage: { mediaId: id } }),
      200,
    ],
    [
      'one frame with an `_fl` key',
      'startImage',
      (id) => ({ videoModelKey: 'veo_3_1_i2v_s_fast_fl', startImage: { mediaId: id } }),
      400,
    ],
    [
      'two frames with an `_fl` key',
      'startAndEndImage',
      (id) => ({
        videoModelKey: 'veo_3_1_i2v_s_fast_fl',
        startImage: { mediaId: id },
        endImage: { mediaId: id },
      }),
      200,
    ],
    [
      'two frames with a single key',
      'startAndEndImage',
      (id) => ({
        videoModelKey: 'veo_3_1_i2v_s_fast',
        startImage: { mediaId: id },
        endImage: { mediaId: id },
      }),
      400,
    ],
    [
      'two frames with an interpolation key',
      'startAndEndImage',
      (id) => ({
        videoModelKey: 'veo_3_1_interpolation_lite',
        startImage: { mediaId: id },
        endImage: { mediaId: id },
      }),
      200,
    ],
    [
      'an `_fl` key with one frame on the two-frame verb',
      'startAndEndImage',
      (id) => ({ videoModelKey: 'veo_3_1_i2v_s_fast_fl', startImage: { mediaId: id } }),
      400,
    ],
    [
      'a frame by `name`',
      'startImage',
      (id) => ({ videoModelKey: 'veo_3_1_i2v_s_fast', startImage: { name: id } }),
      400,
    ],
    [
      'a frame that is not there',
      'startImage',
      () => ({ videoModelKey: 'veo_3_1_i2v_s_fast', startImage: { mediaId: missing } }),
      404,
    ],
    [
      'a portrait frame key for portrait',
      'startImage',
      (id) => ({ ...portrait, videoModelKey: 'veo_3_1_i2v_s_fast_portrait', startImage: { mediaId: id } }),
      200,
    ],
    [
      'three references',
      'referenceImages',
      (id) => ({ videoModelKey: 'veo_3_1_r2v_fast_landscape', ...references(3, id) }),
      200,
    ],
    [
      'four references',
      'referenceImages',
      (id) => ({ videoModelKey: 'veo_3_1_r2v_fast_landscape', ...references(4, id) }),
      400,
    ],
    [
      'no references',
      'referenceImages',
      () => ({ videoModelKey: 'veo_3_1_r2v_fast_landscape', referenceImages: [] }),
      400,
    ],
    [
      'seven references for Omni',
      'referenceImages',
      (id) => ({ videoModelKey: 'abra_r2v_8s', ...references(7, id) }),
      200,
    ],
    [
      'eight references for Omni',
      'referenceImages',
      (id) => ({ videoModelKey: 'abra_r2v_8s', ...references(8, id) }),
      400,
    ],
  ])('%s', async (_rule, verb, item, status) => {
    expect((await submit(verb, item(mediaId))).status).toBe(status);
  });

  test('a generated picture serves as a frame', async () => {
    const startImage = { mediaId: await generateImage(client) };
    expect((await submit('startImage', { videoModelKey: 'veo_3_1_i2v_s', startImage })).status).toBe(200);
  });

  test('a video is no frame', async () => {
    const startImage = { mediaId: await finishVideo(simulator, client) };
    expect((await submit('startImage', { videoModelKey: 'veo_3_1_i2v_s', startImage })).status).toBe(400);
  });
});

describe('keys by plan', () => {
  test.each([
    ['veo_3_1_t2v_fast', [80, 980, 404]],
    ['veo_3_1_t2v_fast_ultra', [404, 404, 990]],
    ['veo_3_1_t2v_fast_4s', [404, 404, 990]],
    ['veo_3_1_t2v', [0, 900, 900]],
    ['veo_3_1_t2v_quality_6s', [404, 404, 900]],
    ['veo_3_1_t2v_lite', [90, 990, 995]],
    ['veo_3_1_t2v_lite_4s', [404, 404, 995]],
    ['veo_3_1_t2v_lite_low_priority', [404, 404, 1_000]],
    ['abra_t2v_10s', [85, 985, 985]],
    ['veo_3_1_t2v_fast_ultra_relaxed', [404, 404, 404]],
    ['veo_2_0_t2v', [0, 900, 900]],
    ['veo_9_t2v', [404, 404, 404]],
  ])('%s: credits left, or 404, on free, Pro and Ultra', async (videoModelKey, expected) => {
    const outcomes: (number | undefined)[] = [];
    for (const account of [free, pro, ultra]) {
      const by = await connect(simulator, account);
      const reply = await by.api(verbs.t2v, videoBody(by.projectId, { videoModelKey }));
      outcomes.push(reply.status === 200 ? simulator.account(account.email).credits : reply.status);
    }
    expect(outcomes).toEqual(expected);
  });

  test('a key that the account does not have says only that it was not found', async () => {
    const reply = await submit('t2v', { videoModelKey: 'veo_3_1_t2v_fast_ultra' });
    expect(at(reply.body, 'error')).toEqual({
      code: 404,
      message: 'Requested entity was not found.',
      status: 'NOT_FOUND',
    });
  });
});

describe('credits', () => {
  test('too few are a reached quota, and nothing is charged', async () => {
    simulator.account(pro.email).credits = 19;
    const reply = await submit('t2v');
    expect([reply.status, reasonOf(reply), simulator.account(pro.email).credits]).toEqual([
      429,
      'PUBLIC_ERROR_USER_QUOTA_REACHED',
      19,
    ]);
  });

  test('they come back when the video fails', async () => {
    await submit('t2v', { textInput: { prompt: 'unsafe-prompt' } });
    expect(simulator.account(pro.email).credits).toBe(980);
    simulator.advance(1_000);
    expect(simulator.account(pro.email).credits).toBe(1_000);
    expect(simulator.stats().operations[0]).toMatchObject({
      charged: 0,
      finalStatus: 'MEDIA_GENERATION_STATUS_FAILED',
    });
  });
});

test('running videos beyond the account’s limit are refused until one ends', async () => {
  simulator.account(pro.email).concurrency = 1;
  expect((await submit('t2v')).status).toBe(200);
  const refused = await submit('t2v');
  expect([refused.status, reasonOf(refused)]).toEqual([429, 'PUBLIC_ERROR_CONCURRENT_LIMIT_REACHED']);
  simulator.advance(1_000);
  expect((await submit('t2v')).status).toBe(200);
  expect(simulator.stats().concurrency).toContainEqual(
    expect.objectContaining({ account: pro.email, videos: 1, runningVideos: 1 }),
  );
});

test('a challenge of videos leaves images alone', async () => {
  simulator.account(pro.email).challenge = 'video';
  expect((await submit('t2v')).status).toBe(403);
  expect(await generateImage(client)).toBeTypeOf('string');
});

test('the body may come as plain text, as browsers send it', async () => {
  const reply = await client.send(`${simulator.apiBaseUrl}${verbs.t2v}`, {
    method: 'POST',
    body: JSON.stringify(videoBody(client.projectId)),
    headers: { authorization: `Bearer ${client.accessToken}`, 'content-type': 'text/plain;charset=UTF-8' },
  });
  expect(reply.status).toBe(200);
});

test('statistics tell every operation with the ids of the client', async () => {
  const body = videoBody(client.projectId, { metadata: { sceneId: missing } });
  const reply = await client.api(verbs.t2v, body);
  simulator.advance(1_000);
  expect(simulator.stats().operations).toEqual([
    expect.objectContaining({
      kind: 'video',
      call: 't2v',
      account: pro.email,
      modelKey: 'veo_3_1_t2v_fast',
      batchId: at(body, 'mediaGenerationContext.batchId'),
      sceneId: missing,
      seed: 18_237,
      prompt: 'a kitten chasing a butterfly',
      projectId: client.projectId,
      mediaName: at(reply.body, 'media.0.name'),
      charged: 20,
      endedAt: expect.any(Number),
      finalStatus: 'MEDIA_GENERATION_STATUS_SUCCESSFUL',
    }),
  ]);
});

describe('upscale and extension', () => {
  const upscale = { videoModelKey: 'veo_3_1_upsampler_1080p', resolution: 'VIDEO_RESOLUTION_1080P' };

  test('the upscaled video is named after its source and has the new size', async () => {
    const source = await finishVideo(simulator, client);
    const reply = await client.api(verbs.upsampleVideo, videoInputBody(client.projectId, source, upscale));
    const name = read(reply.body, 'media.0.name');
    expect(name).toBe(`${source}_upsampled`);
    simulator.advance(1_000);
    const status = await client.api(verbs.checkStatus, statusBody(client.projectId, name));
    expect(at(status.body, 'media.0.video.dimensions')).toEqual({ width: 1920, height: 1080, length: '8s' });
  });

  test.each<[string, Item, number]>([
    ['4K on Pro', { videoModelKey: 'veo_3_1_upsampler_4k', resolution: 'VIDEO_RESOLUTION_4K' }, 404],
    ['a resolution of the other key', { ...upscale, resolution: 'VIDEO_RESOLUTION_4K' }, 400],
    ['another orientation than the source', { ...upscale, ...portrait }, 400],
    ['a prompt', { ...upscale, textInput: { prompt: 'x' } }, 400],
  ])('%s', async (_rule, item, status) => {
    const source = await finishVideo(simulator, client);
    const body = videoInputBody(client.projectId, source, item);
    const requests = [{ ...Object(at(body, 'requests.0')), ...item }];
    expect((await client.api(verbs.upsampleVideo, { ...body, requests })).status).toBe(status);
  });

  test('a video that is still made, or upscaled already, cannot be upscaled', async () => {
    const running = read((await submit('t2v')).body, 'media.0.name');
    const send = (name: string) =>
      client.api(verbs.upsampleVideo, videoInputBody(client.projectId, name, upscale));
    expect((await send(running)).status).toBe(404);
    simulator.advance(1_000);
    await send(running);
    simulator.advance(1_000);
    expect((await send(`${running}_upsampled`)).status).toBe(400);
  });

  test('4K costs 50 on Ultra', async () => {
    const by = await connect(simulator, ultra);
    const source = await finishVideo(simulator, by, { videoModelKey: 'veo_3_1_t2v_fast_ultra' });
    const body = videoInputBody(by.projectId, source, {
      videoModelKey: 'veo_3_1_upsampler_4k',
      resolution: 'VIDEO_RESOLUTION_4K',
    });
    expect(at((await by.api(verbs.upsampleVideo, body)).body, 'remainingCredits')).toBe(940);
  });

  test('an extension goes on in the workflow of its source', async () => {
    const submitted = await submit('t2v');
    simulator.advance(1_000);
    const workflowId = read(submitted.body, 'media.0.workflowId');
    const extend = (metadata: Item) =>
      client.api(
        verbs.extendVideo,
        videoInputBody(client.projectId, read(submitted.body, 'media.0.name'), {
          videoModelKey: 'veo_3_1_extend_landscape',
          metadata,
        }),
      );
    expect(at((await extend({ workflowId })).body, 'media.0.workflowId')).toBe(workflowId);
    expect((await extend({ sceneId: missing })).status).toBe(200);
    expect((await extend({ workflowId: missing })).status).toBe(404);
  });
});

test('silenced videos are blocked or returned, as asked', async () => {
  const finalStatus = async (audioFailurePreference: string) => {
    const batchId = missing;
    const envelope = { mediaGenerationContext: { batchId, audioFailurePreference } };
    const name = read(
      (await submit('t2v', { textInput: { prompt: 'audio-filtered' } }, envelope)).body,
      'media.0.name',
    );
    simulator.advance(1_000);
    return statusOf(await client.api(verbs.checkStatus, statusBody(client.projectId, name)));
  };
  expect(await finalStatus('BLOCK_SILENCED_VIDEOS')).toBe('MEDIA_GENERATION_STATUS_FAILED');
  expect(await finalStatus('RETURN_SILENCED_VIDEOS')).toBe('MEDIA_GENERATION_STATUS_SUCCESSFUL');
});
