import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Simulator, startSimulator } from './server';
import {
  at,
  connect,
  imagesBody,
  imagesPath,
  picture,
  pro,
  projectListing,
  read,
  type TestClient,
  ultra,
  uploadBody,
  verbs,
  videoBody,
} from './test-client';

// The wire of December 2025, and what it does not know yet.

let simulator: Simulator;
let client: TestClient;

beforeEach(async () => {
  simulator = await startSimulator({ era: '2025-12', accounts: [pro, ultra], render: false });
  client = await connect(simulator, pro);
});
afterEach(() => simulator.close());

type Item = Record<string, unknown>;
const sessionId = ';1766066400123';

const oldImages = (item: Item = {}) => ({
  clientContext: { recaptchaToken: '', sessionId },
  requests: [
    {
      clientContext: { recaptchaToken: '', projectId: client.projectId, sessionId, tool: 'PINHOLE' },
      seed: 48_213,
      imageModelName: 'GEM_PIX_2',
      imageAspectRatio: 'IMAGE_ASPECT_RATIO_LANDSCAPE',
      prompt: 'a lighthouse at dusk',
      imageInputs: [],
      ...item,
    },
  ],
});

const oldVideo = (item: Item = {}) => ({
  clientContext: {
    recaptchaToken: '',
    sessionId,
    projectId: client.projectId,
    tool: 'PINHOLE',
    userPaygateTier: 'PAYGATE_TIER_ONE',
  },
  requests: [
    {
      aspectRatio: 'VIDEO_ASPECT_RATIO_LANDSCAPE',
      seed: 18_237,
      textInput: { prompt: 'a kitten' },
      videoModelKey: 'veo_3_1_t2v_fast',
      metadata: { sceneId: '2f6a9c81-4d07-4e5b-9a3c-b8d2710fe465' },
      ...item,
    },
  ],
});

async function oldUpload(): Promise<string> {
  const reply = await client.api(':uploadUserImage', {
    imageInput: {
      rawImageBytes: await picture(),
      mimeType: 'image/jpeg',
      isUserUploaded: true,
      aspectRatio: 'IMAGE_ASPECT_RATIO_LANDSCAPE',
    },
    clientContext: { sessionId, tool: 'ASSET_MANAGER' },
  });
  return read(reply.body, 'mediaGenerationId.mediaGenerationId');
}

test('pictures have long ids and tell the prompt back', async () => {
  const reply = await client.api(imagesPath(client.projectId), oldImages());
  const media = at(reply.body, 'media.0');
  expect(at(media, 'name')).toMatch(/^CAMSJ/);
  expect(at(media, 'image.generatedImage')).toMatchObject({
    mediaGenerationId: at(media, 'name'),
    prompt: 'a lighthouse at dusk',
    requestData: { promptInputs: [{ textInput: 'a lighthouse at dusk' }] },
  });
  expect(at(reply.body, 'workflows')).toEqual([]);
  expect((await fetch(read(media, 'image.generatedImage.fifeUrl'))).headers.get('content-type')).toBe(
    'image/png',
  );
});

test('a long id holds the media UUID of the CDN path', async () => {
  const media = at((await client.api(imagesPath(client.projectId), oldImages())).body, 'media.0');
  const decoded = Buffer.from(read(media, 'name'), 'base64').toString('latin1');
  const fileId = new URL(read(media, 'image.generatedImage.fifeUrl')).pathname.split('/').at(-1) ?? '';
  expect(decoded).toContain(client.projectId);
  expect(decoded.endsWith(fileId)).toBe(true);
});

test('a video is an operation of 32 digits; done, it tells media id, URL and poster', async () => {
  const submitted = await client.api(verbs.t2v, oldVideo());
  expect(submitted.body).toEqual({
    operations: [
      {
        operation: { name: expect.stringMatching(/^[0-9a-f]{32}$/) },
        sceneId: '2f6a9c81-4d07-4e5b-9a3c-b8d2710fe465',
        status: 'MEDIA_GENERATION_STATUS_PENDING',
      },
    ],
    remainingCredits: 980,
  });
  simulator.advance(1_000);
  const { body } = await client.api(verbs.checkStatus, { operations: at(submitted.body, 'operations') });
  expect(body).toMatchObject({
    operations: [
      { status: 'MEDIA_GENERATION_STATUS_SUCCESSFUL', mediaGenerationId: expect.stringMatching(/^CAUSJ/) },
    ],
    remainingCredits: 980,
  });
  const video = at(body, 'operations.0.operation.metadata.video');
  const types = await Promise.all(
    ['fifeUrl', 'servingBaseUri'].map(async (link) =>
      (await fetch(read(video, link))).headers.get('content-type'),
    ),
  );
  expect(types).toEqual(['video/mp4', 'image/jpeg']);
});

test('a failed operation has its reason in the error of the operation', async () => {
  const submitted = await client.api(verbs.t2v, oldVideo({ textInput: { prompt: 'audio-filtered' } }));
  simulator.advance(1_000);
  const { body } = await client.api(verbs.checkStatus, { operations: at(submitted.body, 'operations') });
  expect(at(body, 'operations.0')).toMatchObject({
    operation: { error: { code: 3, message: 'PUBLIC_ERROR_AUDIO_FILTERED' } },
    status: 'MEDIA_GENERATION_STATUS_FAILED',
  });
});

test.each([
  ['veo_3_1_i2v_s_fast_fl', 'LANDSCAPE', 1],
  ['veo_3_1_i2v_s_fast_fl', 'PORTRAIT', 2],
  ['veo_2_0_i2v', 'LANDSCAPE', 2],
  ['veo_2_1_fast_d_15_i2v', 'PORTRAIT', 1],
])('%s takes %s with %d frame(s) on the two-frame verb', async (videoModelKey, orientation, frames) => {
  const mediaId = await oldUpload();
  const images = { startImage: { mediaId }, ...(frames === 2 ? { endImage: { mediaId } } : {}) };
  const item = { videoModelKey, aspectRatio: `VIDEO_ASPECT_RATIO_${orientation}`, ...images };
  expect((await client.api(verbs.startAndEndImage, oldVideo(item))).status).toBe(200);
});

test('references go by the key of that time, to every plan', async () => {
  const by = await connect(simulator, ultra);
  client = by;
  const referenceImages = [{ imageUsageType: 'IMAGE_USAGE_TYPE_ASSET', mediaId: await oldUpload() }];
  const reply = await by.api(
    verbs.referenceImages,
    oldVideo({ videoModelKey: 'veo_3_0_r2v_fast', referenceImages }),
  );
  expect(reply.status).toBe(200);
});

test.each<[string, () => unknown, number]>([
  ['the current envelope', () => videoBody(client.projectId), 400],
  ['useV2ModelConfig', () => ({ ...oldVideo(), useV2ModelConfig: true }), 400],
  [
    'a structured prompt',
    () => oldVideo({ textInput: { structuredPrompt: { parts: [{ text: 'x' }] } } }),
    400,
  ],
  ['no scene id', () => oldVideo({ metadata: {} }), 400],
  ['a key of a later time', () => oldVideo({ videoModelKey: 'veo_3_1_t2v_lite' }), 404],
])('a video with %s is refused', async (_rule, body, status) => {
  expect((await client.api(verbs.t2v, body())).status).toBe(status);
});

test.each<[string, () => unknown]>([
  ['the current form', () => imagesBody(client.projectId)],
  ['a model of a later time', () => oldImages({ imageModelName: 'NARWHAL' })],
  ['a structured prompt', () => oldImages({ structuredPrompt: { parts: [{ text: 'x' }] } })],
])('pictures in %s are refused', async (_rule, body) => {
  expect((await client.api(imagesPath(client.projectId), body())).status).toBe(400);
});

test.each(['startImage', 'extendVideo', 'upsampleVideo'] as const)('%s does not exist yet', async (verb) => {
  expect((await client.api(verbs[verb], videoBody(client.projectId))).status).toBe(404);
});

test('uploads into a project, upsampling and polls by media do not exist yet', async () => {
  const body = uploadBody(client.projectId, await picture());
  expect((await client.api('/flow/uploadImage', body)).status).toBe(404);
  expect((await client.api('/flow/upsampleImage', {})).status).toBe(404);
  const media = [{ name: randomUUID(), projectId: client.projectId }];
  expect((await client.api(verbs.checkStatus, { media })).status).toBe(400);
});

test('the listing tells the scene id of a video and the name to poll it by', async () => {
  const submitted = await client.api(verbs.t2v, oldVideo());
  const contents = at((await projectListing(client)).body, 'result.data.json.projectContents');
  expect(contents).toMatchObject({
    workflows: [{ metadata: { sceneId: '2f6a9c81-4d07-4e5b-9a3c-b8d2710fe465' } }],
    media: [{ video: { operation: { name: at(submitted.body, 'operations.0.operation.name') } } }],
  });
});

test('credits tell only balance and tier', async () => {
  expect((await client.api('/credits')).body).toEqual({
    credits: 1_000,
    userPaygateTier: 'PAYGATE_TIER_ONE',
  });
});
