import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Simulator, startSimulator } from './server';
import {
  at,
  connect,
  free,
  generateImage,
  imagesBody,
  imagesPath,
  messageOf,
  pro,
  read,
  reasonOf,
  recaptchaContext,
  reference,
  type TestClient,
  ultra,
  upload,
  upsampleImageBody,
} from './test-client';

let simulator: Simulator;
let client: TestClient;

beforeEach(async () => {
  simulator = await startSimulator({ accounts: [pro, free, ultra], render: false });
  client = await connect(simulator, pro);
});
afterEach(() => simulator.close());

const generate = (item: Record<string, unknown> = {}, envelope: Record<string, unknown> = {}) =>
  client.api(imagesPath(client.projectId), imagesBody(client.projectId, item, envelope));
const fetchPicture = async (reply: { body: unknown }) =>
  Buffer.from(await (await fetch(read(reply.body, 'media.0.image.generatedImage.fifeUrl'))).arrayBuffer());

test.each([
  ['NARWHAL', 'LANDSCAPE', 1376, 768, 'png'],
  ['NARWHAL', 'PORTRAIT', 768, 1376, 'png'],
  ['GEM_PIX_2', 'SQUARE', 1024, 1024, 'png'],
  ['GEM_PIX_2', 'LANDSCAPE_FOUR_THREE', 1200, 896, 'png'],
  ['HARBOR_SEAL', 'PORTRAIT_THREE_FOUR', 896, 1200, 'png'],
  ['GEM_PIX', 'LANDSCAPE', 1344, 768, 'png'],
  ['IMAGEN_3_5', 'LANDSCAPE', 1376, 768, 'jpeg'],
])('%s in %s is %dx%d as %s', async (imageModelName, aspect, width, height, format) => {
  const reply = await generate({ imageModelName, imageAspectRatio: `IMAGE_ASPECT_RATIO_${aspect}` });
  expect(at(reply.body, 'media.0.image.dimensions')).toEqual({ width, height });
  expect(await sharp(await fetchPicture(reply)).metadata()).toMatchObject({ width, height, format });
});

test('the answer names picture, project and workflow, and the batch id of the client', async () => {
  const body = imagesBody(client.projectId);
  const reply = await client.api(imagesPath(client.projectId), body);
  expect(reply.body).toMatchObject({
    media: [
      { projectId: client.projectId, image: { generatedImage: { seed: 305_830, modelNameType: 'NARWHAL' } } },
    ],
    workflows: [{ metadata: { batchId: at(body, 'mediaGenerationContext.batchId') } }],
  });
  expect(reply.body).not.toHaveProperty('media.0.image.generatedImage.encodedImage');
});

test('plain pictures differ by media id', async () => {
  const [one, other] = [await fetchPicture(await generate()), await fetchPicture(await generate())];
  expect(one.equals(other)).toBe(false);
});

test('drawn pictures show prompt, seed and references', async () => {
  simulator.options.render = true;
  const name = await upload(client);
  const variants = [
    {},
    { seed: 7 },
    { imageInputs: [reference(name)] },
    { structuredPrompt: { parts: [{ text: 'other' }] } },
  ];
  const raw = await Promise.all(
    variants.map(async (item) =>
      sharp(await fetchPicture(await generate(item)))
        .raw()
        .toBuffer(),
    ),
  );
  const distinct = new Set(raw.map((pixels) => pixels.toString('latin1')));
  expect(distinct.size).toBe(variants.length);
  expect(raw[0]?.length).toBe(1376 * 768 * 3);
});

test('a picture is the same whenever it is fetched', async () => {
  simulator.options.render = true;
  const reply = await generate();
  const first = await fetchPicture(reply);
  expect((await fetchPicture(reply)).equals(first)).toBe(true);
});

test('the picture can come inside the answer, beside or instead of the URL', async () => {
  simulator.options.imageAnswer = 'encoded';
  const { body } = await generate();
  expect(body).not.toHaveProperty('media.0.image.generatedImage.fifeUrl');
  const bytes = Buffer.from(read(body, 'media.0.image.generatedImage.encodedImage'), 'base64');
  expect((await sharp(bytes).metadata()).width).toBe(1376);
});

test('the base picture gives its ratio to an edit without one', async () => {
  const base = await generateImage(client, { imageAspectRatio: 'IMAGE_ASPECT_RATIO_SQUARE' });
  const reply = await generate({
    imageAspectRatio: 'IMAGE_ASPECT_RATIO_UNSPECIFIED',
    imageInputs: [{ name: base, imageInputType: 'IMAGE_INPUT_TYPE_BASE_IMAGE' }],
  });
  expect(at(reply.body, 'media.0.image.dimensions')).toEqual({ width: 1024, height: 1024 });
});

test('a plain prompt serves for every model but NARWHAL', async () => {
  const plain = { prompt: 'a lighthouse', structuredPrompt: undefined };
  expect((await generate({ ...plain, imageModelName: 'GEM_PIX_2' })).status).toBe(200);
  expect((await generate(plain)).status).toBe(400);
});

const otherId = '7d3c1f0a-52b4-4c8e-9a61-0f4e2b8d7c15';
test.each<[string, Record<string, unknown>, Record<string, unknown>]>([
  ['an unknown member of the item', { numberOfImages: 2 }, {}],
  ['an unknown member of the envelope', {}, { candidates: 1 }],
  ['an aspect spelt in digits', { imageAspectRatio: 'IMAGE_ASPECT_RATIO_4_3' }, {}],
  ['an unknown model', { imageModelName: 'GEM_PIX_9' }, {}],
  ['no seed', { seed: undefined }, {}],
  ['a seed past 31 bits', { seed: 2 ** 31 }, {}],
  ['no imageInputs', { imageInputs: undefined }, {}],
  ['both forms of the prompt', { prompt: 'x' }, {}],
  ['an empty prompt', { structuredPrompt: { parts: [{ text: '' }] } }, {}],
  [
    'no recaptcha member',
    {},
    { clientContext: { sessionId: ';1766066400123', projectId: otherId, tool: 'PINHOLE' } },
  ],
  ['the member of December', {}, { clientContext: { recaptchaToken: '', sessionId: ';1766066400123' } }],
  [
    'a session id without its semicolon',
    {},
    { clientContext: { recaptchaContext, sessionId: '1766066400123' } },
  ],
  ['eleven references', { imageInputs: Array.from({ length: 11 }, () => reference('x')) }, {}],
  [
    'four references for Imagen',
    { imageModelName: 'IMAGEN_3_5', imageInputs: Array.from({ length: 4 }, () => reference('x')) },
    {},
  ],
])('%s is 400 with the generic text', async (_rule, item, envelope) => {
  const reply = await generate(item, envelope);
  expect([reply.status, at(reply.body, 'error')]).toEqual([
    400,
    { code: 400, message: 'Request contains an invalid argument.', status: 'INVALID_ARGUMENT' },
  ]);
});

test('the statistics say what was wrong although the wire does not', async () => {
  await generate({ numberOfImages: 2 });
  expect(simulator.stats().refusals[0]?.message).toContain(`Unknown name "numberOfImages" at 'requests[0]'`);
});

test('the project of the path and of the contexts must be one', async () => {
  const second = await connect(simulator, pro);
  const reply = await client.api(imagesPath(second.projectId), imagesBody(client.projectId));
  expect(reply.status).toBe(400);
});

test('a reference that is not there is 404', async () => {
  expect((await generate({ imageInputs: [reference(otherId)] })).status).toBe(404);
});

test.each([
  ['unsafe-prompt', 'PUBLIC_ERROR_UNSAFE_GENERATION'],
  ['ip-blocked', 'PUBLIC_ERROR_IP_INPUT_IMAGE'],
])('a prompt with the word %s is refused by %s', async (word, reason) => {
  const reply = await generate({ structuredPrompt: { parts: [{ text: `a ${word} picture` }] } });
  expect([reply.status, reasonOf(reply)]).toEqual([400, reason]);
});

test('a challenge refuses images with 403, but for the value that passes once', async () => {
  const account = simulator.account(pro.email);
  account.challenge = 'image';
  const refused = await generate();
  expect([refused.status, reasonOf(refused)]).toEqual([403, 'PUBLIC_ERROR_UNUSUAL_ACTIVITY']);
  account.challengeToken = '';
  expect([(await generate()).status, (await generate()).status]).toEqual([200, 403]);
});

test('running images beyond the account’s limit are refused, and the highest number is counted', async () => {
  simulator.options.imageLatencyMs = 50;
  simulator.account(pro.email).concurrency = 2;
  const replies = await Promise.all([generate(), generate(), generate()]);
  expect(replies.map((reply) => reply.status).sort()).toEqual([200, 200, 429]);
  expect(replies.map(reasonOf)).toContain('PUBLIC_ERROR_CONCURRENT_LIMIT_REACHED');
  expect(simulator.stats().concurrency).toContainEqual(
    expect.objectContaining({ account: pro.email, images: 2, runningImages: 0 }),
  );
});

test('a model is refused when its daily quota is used up, and comes back the next day', async () => {
  simulator.account(pro.email).dailyModelQuota = 1;
  await generate();
  const refused = await generate();
  expect([refused.status, reasonOf(refused)]).toEqual([429, 'PUBLIC_ERROR_PER_MODEL_DAILY_QUOTA_REACHED']);
  expect((await generate({ imageModelName: 'GEM_PIX_2' })).status).toBe(200);
  simulator.advance(24 * 3_600_000);
  const later = await connect(simulator, pro);
  expect((await later.api(imagesPath(later.projectId), imagesBody(later.projectId))).status).toBe(200);
});

test('several requests make several pictures, but only of one model', async () => {
  const body = imagesBody(client.projectId);
  const item = at(body, 'requests.0');
  const reply = await client.api(imagesPath(client.projectId), { ...body, requests: [item, item] });
  expect(at(reply.body, 'media')).toHaveLength(2);
  const other = at(imagesBody(client.projectId, { imageModelName: 'GEM_PIX_2' }), 'requests.0');
  expect((await client.api(imagesPath(client.projectId), { ...body, requests: [item, other] })).status).toBe(
    400,
  );
});

test('images cost nothing and are in the statistics with the ids of the client', async () => {
  const body = imagesBody(client.projectId);
  await client.api(imagesPath(client.projectId), body);
  expect(simulator.account(pro.email).credits).toBe(1_000);
  expect(simulator.stats().operations).toEqual([
    expect.objectContaining({
      kind: 'image',
      call: 'batchGenerateImages',
      account: pro.email,
      batchId: at(body, 'mediaGenerationContext.batchId'),
      seed: 305_830,
      prompt: 'a lighthouse at dusk',
      charged: 0,
      finalStatus: 'MEDIA_GENERATION_STATUS_SUCCESSFUL',
    }),
  ]);
});

describe('upsampling', () => {
  const upsample = (by: TestClient, name: string, resolution: '2K' | '4K' = '2K') =>
    by.api('/flow/upsampleImage', upsampleImageBody(by.projectId, name, resolution));

  test.each([
    ['2K', 2752, 1536],
    ['4K', 5504, 3072],
  ] as const)('%s is a JPEG of %dx%d inside the answer', async (resolution, width, height) => {
    const by = await connect(simulator, ultra);
    const { body } = await upsample(by, await generateImage(by), resolution);
    const bytes = Buffer.from(read(body, 'encodedImage'), 'base64');
    expect(await sharp(bytes).metadata()).toMatchObject({ width, height, format: 'jpeg' });
  });

  test('a drawn picture is enlarged', async () => {
    simulator.options.render = true;
    const { body } = await upsample(client, await generateImage(client));
    expect((await sharp(Buffer.from(read(body, 'encodedImage'), 'base64')).metadata()).width).toBe(2752);
  });

  test.each([
    ['2K on a free account', free, '2K', 403],
    ['2K on a Pro account', pro, '2K', 200],
    ['4K on a Pro account', pro, '4K', 403],
    ['4K on an Ultra account', ultra, '4K', 200],
  ] as const)('%s is allowed by plan', async (_rule, account, resolution, status) => {
    const by = await connect(simulator, account);
    const reply = await upsample(by, await generateImage(by), resolution);
    expect([reply.status, reasonOf(reply)]).toEqual([
      status,
      status === 403 ? 'PUBLIC_ERROR_MODEL_ACCESS_DENIED' : undefined,
    ]);
  });

  test('uploads and Imagen pictures cannot be upsampled', async () => {
    const imagen = await generateImage(client, { imageModelName: 'IMAGEN_3_5' });
    expect((await upsample(client, imagen)).status).toBe(400);
    expect((await upsample(client, await upload(client))).status).toBe(400);
  });

  test('a picture that is not there is 404', async () => {
    const reply = await upsample(client, otherId);
    expect([reply.status, messageOf(reply)]).toEqual([404, 'Requested entity was not found.']);
  });
});
