import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Simulator, startSimulator } from './server';
import {
  at,
  connect,
  free,
  generateImage,
  imagesBody,
  imagesPath,
  pro,
  projectListing,
  read,
  type TestClient,
  upload,
  verbs,
  videoBody,
} from './test-client';

let simulator: Simulator;
let client: TestClient;

beforeEach(async () => {
  simulator = await startSimulator({ accounts: [pro, free], render: false });
  client = await connect(simulator, pro);
});
afterEach(() => simulator.close());

const contents = async () => at((await projectListing(client)).body, 'result.data.json.projectContents');

test('a project is created in the envelope with two results', async () => {
  const reply = await client.labs('/trpc/project.createProject', {
    json: { projectTitle: 'Dec 18', toolName: 'PINHOLE' },
  });
  expect(reply.body).toMatchObject({
    result: {
      data: { json: { result: { projectInfo: { projectTitle: 'Dec 18' } }, status: 200, statusText: 'OK' } },
    },
  });
});

test.each([
  ['without a tool name', { json: { projectTitle: 'x' } }],
  ['with another tool', { json: { projectTitle: 'x', toolName: 'WHISK' } }],
  ['with an unknown member', { json: { projectTitle: 'x', toolName: 'PINHOLE', color: 'red' } }],
  ['without the json envelope', { projectTitle: 'x', toolName: 'PINHOLE' }],
])('a project %s is 400 in tRPC form', async (_rule, body) => {
  const reply = await client.labs('/trpc/project.createProject', body);
  expect([reply.status, at(reply.body, 'error.json.data')]).toEqual([
    400,
    { code: 'BAD_REQUEST', httpStatus: 400, path: 'project.createProject' },
  ]);
});

test('a tRPC call without a cookie is 401, and with another content type 415', async () => {
  const url = `${simulator.labsBaseUrl}/trpc/project.createProject`;
  const body = JSON.stringify({ json: { projectTitle: 'x', toolName: 'PINHOLE' } });
  const json = { 'content-type': 'application/json' };
  expect((await client.send(url, { method: 'POST', body, headers: json })).status).toBe(401);
  const text = { 'content-type': 'text/plain', cookie: client.cookie };
  expect((await client.send(url, { method: 'POST', body, headers: text })).status).toBe(415);
});

test('a deleted project is gone with what it held', async () => {
  const name = await generateImage(client);
  const reply = await client.labs('/trpc/project.deleteProject', {
    json: { projectToDeleteId: client.projectId },
  });
  expect(reply.status).toBe(200);
  expect((await client.api(imagesPath(client.projectId), imagesBody(client.projectId))).status).toBe(404);
  expect((await client.api(`/media/${name}`)).status).toBe(404);
});

test('a project of another account is not found', async () => {
  const other = await connect(simulator, free);
  expect((await other.api(imagesPath(client.projectId), imagesBody(client.projectId))).status).toBe(404);
  expect((await projectListing(other, client.projectId)).status).toBe(404);
});

test('the listing tells pictures with seed and prompt, and their workflow with the batch id', async () => {
  const body = imagesBody(client.projectId);
  await client.api(imagesPath(client.projectId), body);
  expect(await contents()).toMatchObject({
    media: [
      {
        image: {
          generatedImage: { seed: 305_830, prompt: 'a lighthouse at dusk', modelNameType: 'NARWHAL' },
        },
      },
    ],
    workflows: [{ metadata: { batchId: at(body, 'mediaGenerationContext.batchId') } }],
  });
});

test('the listing tells a running video with its status, a finished one without any', async () => {
  await client.api(verbs.t2v, videoBody(client.projectId));
  expect(at(await contents(), 'media.0.mediaMetadata.mediaStatus')).toEqual({
    mediaGenerationStatus: 'MEDIA_GENERATION_STATUS_SCHEDULED',
  });
  simulator.advance(1_000);
  expect(await contents()).toMatchObject({ media: [{ video: { generatedVideo: { seed: 18_237 } } }] });
  expect(at(await contents(), 'media.0.mediaMetadata.mediaStatus')).toBeUndefined();
});

test('the listing tells why a video failed', async () => {
  simulator.inject({
    call: 't2v',
    effect: { type: 'pollStatus', status: 'FAILED', reason: 'PUBLIC_ERROR_MINOR' },
  });
  await client.api(verbs.t2v, videoBody(client.projectId));
  simulator.advance(1_000);
  expect(at(await contents(), 'media.0.mediaMetadata.mediaStatus.error.message')).toBe('PUBLIC_ERROR_MINOR');
});

test('the listing tells uploads, but no workflow of them', async () => {
  await upload(client);
  expect(await contents()).toMatchObject({ media: [{ image: { userUploadedImage: {} } }], workflows: [] });
});

test('the listing tells who asks, and every key with its price or UNAVAILABLE', async () => {
  const body = at((await projectListing(client)).body, 'result.data.json');
  expect(body).toMatchObject({ userData: { credits: 1_000, serviceTier: 'SERVICE_TIER_INTERMEDIATE' } });
  expect(at(body, 'modelConfig.videoModelFamilies.0.usages')).toContainEqual(
    expect.objectContaining({
      key: 'veo_3_1_t2v_fast',
      supportedAspectRatios: ['LANDSCAPE'],
      creditMapping: {
        SERVICE_TIER_ENTRY: { cost: 20 },
        SERVICE_TIER_INTERMEDIATE: { cost: 20 },
        SERVICE_TIER_ADVANCED: { cost: 'UNAVAILABLE' },
      },
    }),
  );
});

test('the listing can be withheld, empty, or late', async () => {
  await generateImage(client);
  simulator.options.listing = 'withheld';
  expect((await projectListing(client)).status).toBe(404);
  simulator.options.listing = 'empty';
  expect(await contents()).toEqual({ media: [], workflows: [], scenes: [] });
  simulator.options.listing = 'on';
  simulator.options.listingDelayMs = 60_000;
  expect(at(await contents(), 'media')).toEqual([]);
  simulator.advance(60_000);
  expect(at(await contents(), 'media')).toHaveLength(1);
});

test('media are deleted by name', async () => {
  const name = await generateImage(client);
  expect((await client.labs('/trpc/media.deleteMedia', { json: { names: [name] } })).status).toBe(200);
  expect(at(await contents(), 'media')).toEqual([]);
  expect((await client.labs('/trpc/media.deleteMedia', { json: { names: [name] } })).status).toBe(404);
});

test('projects given with the account exist from the beginning', async () => {
  const id = '7d3c1f0a-52b4-4c8e-9a61-0f4e2b8d7c15';
  simulator.addAccount({ ...free, email: 'late@example.com', sessionToken: 'eyJlate', projects: [id] });
  const late = await connect(simulator, { ...free, sessionToken: 'eyJlate' });
  const reply = await late.api(imagesPath(id), imagesBody(id));
  expect(read(reply.body, 'media.0.projectId')).toBe(id);
});

test('a project that nobody has can be adopted, one of another account cannot', async () => {
  simulator.options.adoptProjects = true;
  const id = '0d4c7b62-9e13-4a58-86f0-3b2a91c5d7e4';
  expect((await client.api(imagesPath(id), imagesBody(id))).status).toBe(200);
  const other = await connect(simulator, free);
  expect((await other.api(imagesPath(id), imagesBody(id))).status).toBe(404);
});
