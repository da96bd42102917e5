import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Simulator, startSimulator } from './server';
import {
  at,
  connect,
  free,
  generateImage,
  imagesBody,
  imagesPath,
  messageOf,
  picture,
  pro,
  reasonOf,
  reference,
  type TestClient,
  upload,
  uploadBody,
} from './test-client';

let simulator: Simulator;
let client: TestClient;

beforeEach(async () => {
  simulator = await startSimulator({ accounts: [pro, free], render: false });
  client = await connect(simulator, pro);
});
afterEach(() => simulator.close());

const oldBody = (rawImageBytes: string, more: Record<string, unknown> = {}) => ({
  imageInput: {
    rawImageBytes,
    mimeType: 'image/jpeg',
    isUserUploaded: true,
    aspectRatio: 'IMAGE_ASPECT_RATIO_LANDSCAPE',
    ...more,
  },
  clientContext: { sessionId: ';1766066400123', tool: 'ASSET_MANAGER' },
});

test.each([
  [1344, 768, 'IMAGE_ASPECT_RATIO_LANDSCAPE'],
  [768, 1376, 'IMAGE_ASPECT_RATIO_PORTRAIT'],
  [500, 510, 'IMAGE_ASPECT_RATIO_SQUARE'],
  [400, 300, 'IMAGE_ASPECT_RATIO_LANDSCAPE_FOUR_THREE'],
  [300, 400, 'IMAGE_ASPECT_RATIO_PORTRAIT_THREE_FOUR'],
])('an upload of %dx%d is measured and called %s', async (width, height, aspectRatio) => {
  const reply = await client.api(
    '/flow/uploadImage',
    uploadBody(client.projectId, await picture('png', width, height)),
  );
  expect(reply.body).toMatchObject({
    media: {
      projectId: client.projectId,
      image: { userUploadedImage: { aspectRatio }, dimensions: { width, height } },
    },
    workflow: { name: expect.any(String) },
  });
});

test('the older upload gives a long id under a key of the same name, and the size', async () => {
  const reply = await client.api(':uploadUserImage', oldBody(await picture('jpeg')));
  expect(reply.body).toEqual({
    mediaGenerationId: { mediaGenerationId: expect.stringMatching(/^CAMaJ/) },
    width: 160,
    height: 90,
  });
});

test('ids of both uploads serve as references', async () => {
  const older = await client.api(':uploadUserImage', oldBody(await picture()));
  const name = String(at(older.body, 'mediaGenerationId.mediaGenerationId'));
  await generateImage(client, { imageInputs: [reference(name), reference(await upload(client))] });
  expect(simulator.stats().operations[0]?.referenceMediaIds).toHaveLength(2);
});

test.each(['png', 'jpeg', 'webp'] as const)('%s is taken whatever its label', async (format) => {
  expect(
    (await client.api('/flow/uploadImage', uploadBody(client.projectId, await picture(format)))).status,
  ).toBe(200);
});

test.each([
  [
    'bytes that are no picture',
    async () => randomBytes(500).toString('base64'),
    'PUBLIC_ERROR_UNKNOWN_IMAGE_FILE_FORMAT',
  ],
  ['a GIF', () => picture('gif'), 'PUBLIC_ERROR_UNKNOWN_IMAGE_FILE_FORMAT'],
  [
    'more than 20 MB',
    async () => Buffer.alloc(20 * 1024 * 1024 + 1).toString('base64'),
    'PUBLIC_ERROR_IMAGE_TOO_LARGE',
  ],
])('%s is refused by reason', async (_rule, bytes, reason) => {
  const reply = await client.api('/flow/uploadImage', uploadBody(client.projectId, await bytes()));
  expect([reply.status, reasonOf(reply)]).toEqual([400, reason]);
});

test('a data URL is no base64', async () => {
  const body = uploadBody(client.projectId, `data:image/png;base64,${await picture()}`);
  expect((await client.api('/flow/uploadImage', body)).status).toBe(400);
});

test('a member of another spelling is refused by name', async () => {
  const reply = await client.api(
    '/flow/uploadImage',
    uploadBody(client.projectId, await picture(), { encodedImage: '' }),
  );
  expect([reply.status, messageOf(reply)]).toEqual([
    400,
    'Invalid JSON payload received. Unknown name "encodedImage": Cannot find field.',
  ]);
});

test('members that the web app sends besides are taken', async () => {
  const more = {
    cropCoordinates: {},
    isNotIngredient: false,
    mediaGenerationContext: { batchId: '5e8d0c37-19fa-4b62-8d40-c7a3e1b95f02' },
  };
  const reply = await client.api('/flow/uploadImage', uploadBody(client.projectId, await picture(), more));
  expect(reply.status).toBe(200);
});

test.each([
  ['a video aspect', { aspectRatio: 'VIDEO_ASPECT_RATIO_LANDSCAPE' }],
  ['no mime type', { mimeType: undefined }],
])('the older upload with %s is 400', async (_rule, more) => {
  expect((await client.api(':uploadUserImage', oldBody(await picture(), more))).status).toBe(400);
});

test('uploads vanish when their time is over', async () => {
  simulator.options.uploadLifetimeMs = 1_800_000;
  const name = await upload(client);
  simulator.advance(1_800_000);
  const reply = await client.api(
    imagesPath(client.projectId),
    imagesBody(client.projectId, { imageInputs: [reference(name)] }),
  );
  expect([reply.status, messageOf(reply)]).toEqual([404, 'Requested entity was not found.']);
});

test('an upload of another account is not found', async () => {
  const name = await upload(await connect(simulator, free));
  const body = imagesBody(client.projectId, { imageInputs: [reference(name)] });
  expect((await client.api(imagesPath(client.projectId), body)).status).toBe(404);
});

test('an upload into a project of another account is not found', async () => {
  const other = await connect(simulator, free);
  expect((await other.api('/flow/uploadImage', uploadBody(client.projectId, await picture()))).status).toBe(
    404,
  );
});
