import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Simulator, startSimulator } from './server';
import {
  at,
  connect,
  free,
  messageOf,
  pro,
  read,
  reasonOf,
  statusBody,
  statusOf,
  type TestClient,
  verbs,
  videoBody,
} from './test-client';

let simulator: Simulator;
let client: TestClient;

beforeEach(async () => {
  simulator = await startSimulator({ accounts: [pro, free], render: false, videoDurationMs: 100_000 });
  client = await connect(simulator, pro);
});
afterEach(() => simulator.close());

const submit = async (prompt = 'a kitten') =>
  read(
    (await client.api(verbs.t2v, videoBody(client.projectId, { textInput: { prompt } }))).body,
    'media.0.name',
  );
const poll = (...names: string[]) => client.api(verbs.checkStatus, statusBody(client.projectId, ...names));

test('a video waits, is made, and is done; done means no URL', async () => {
  const name = await submit();
  expect(statusOf(await poll(name))).toBe('MEDIA_GENERATION_STATUS_SCHEDULED');
  simulator.advance(50_000);
  expect(statusOf(await poll(name))).toBe('MEDIA_GENERATION_STATUS_ACTIVE');
  simulator.advance(50_000);
  const done = await poll(name);
  expect(done.body).toMatchObject({
    media: [
      {
        name,
        mediaMetadata: { mediaStatus: { mediaGenerationStatus: 'MEDIA_GENERATION_STATUS_SUCCESSFUL' } },
        video: { dimensions: { width: 1280, height: 720, length: '8s' }, operation: { name } },
      },
    ],
  });
  expect(JSON.stringify(done.body)).not.toContain('http');
});

test('several are asked in one call and told by name', async () => {
  const names = [await submit(), await submit()];
  expect((await poll(...names)).body).toMatchObject({ media: names.map((name) => ({ name })) });
  expect(simulator.stats().statusCalls).toEqual([{ account: pro.email, at: expect.any(Number), size: 2 }]);
});

test('the older form is answered in the older form, with the credits when all have ended', async () => {
  const name = await submit();
  const ask = () => client.api(verbs.checkStatus, { operations: [{ operation: { name } }] });
  expect((await ask()).body).toEqual({
    operations: [{ operation: { name }, status: 'MEDIA_GENERATION_STATUS_SCHEDULED' }],
  });
  simulator.advance(100_000);
  expect((await ask()).body).toMatchObject({
    operations: [{ operation: { metadata: { name } }, status: 'MEDIA_GENERATION_STATUS_SUCCESSFUL' }],
    remainingCredits: 980,
  });
});

test.each<[string, (name: string, projectId: string) => unknown, number]>([
  ['no project id', (name) => ({ media: [{ name }] }), 400],
  ['nothing asked', () => ({ media: [] }), 400],
  ['neither form', () => ({}), 400],
  [
    'both forms',
    (name, projectId) => ({ media: [{ name, projectId }], operations: [{ operation: { name } }] }),
    400,
  ],
  ['a client context', (name, projectId) => ({ media: [{ name, projectId }], clientContext: {} }), 400],
  [
    '101 items',
    (name, projectId) => ({ media: Array.from({ length: 101 }, () => ({ name, projectId })) }),
    400,
  ],
  [
    '100 items',
    (name, projectId) => ({ media: Array.from({ length: 100 }, () => ({ name, projectId })) }),
    200,
  ],
  [
    'an unknown name among known ones',
    (name, projectId) => ({
      media: [
        { name, projectId },
        { name: 'x', projectId },
      ],
    }),
    404,
  ],
  [
    'another project',
    (name) => ({ media: [{ name, projectId: '7d3c1f0a-52b4-4c8e-9a61-0f4e2b8d7c15' }] }),
    404,
  ],
])('%s', async (_rule, body, status) => {
  const name = await submit();
  expect((await client.api(verbs.checkStatus, body(name, client.projectId))).status).toBe(status);
});

test('a video of another account is not found', async () => {
  const name = await submit();
  const other = await connect(simulator, free);
  expect((await other.api(verbs.checkStatus, statusBody(client.projectId, name))).status).toBe(404);
});

test('a failure is 200, with the reason in the message of the item', async () => {
  const name = await submit('ip-blocked');
  simulator.advance(100_000);
  const reply = await poll(name);
  expect([reply.status, at(reply.body, 'media.0.mediaMetadata')]).toEqual([
    200,
    {
      mediaStatus: {
        mediaGenerationStatus: 'MEDIA_GENERATION_STATUS_FAILED',
        error: { code: 3, message: 'PUBLIC_ERROR_IP_INPUT_IMAGE' },
        failureReasons: ['IP_PROHIBITED'],
      },
      visibility: 'FILTERED',
    },
  ]);
});

test.each([
  ['COMPLETE', 'MEDIA_GENERATION_STATUS_COMPLETE', true, 980],
  ['PROCESSING', 'MEDIA_GENERATION_STATUS_PROCESSING', false, 980],
  ['MEDIA_GENERATION_STATUS_CANCELED', 'MEDIA_GENERATION_STATUS_CANCELED', false, 1_000],
  ['ERROR_UNKNOWN', 'ERROR_UNKNOWN', false, 1_000],
  ['missing', undefined, true, 980],
  ['SOMETHING_NEW', 'SOMETHING_NEW', false, 980],
])('an operation can be told to end as %s', async (wanted, shown, hasVideo, credits) => {
  simulator.inject({ call: 't2v', effect: { type: 'pollStatus', status: wanted } });
  const name = await submit();
  simulator.advance(100_000);
  const reply = await poll(name);
  expect(statusOf(reply)).toBe(shown);
  expect(at(reply.body, 'media.0.video') !== undefined).toBe(hasVideo);
  expect(simulator.account(pro.email).credits).toBe(credits);
});

test('the told end carries reason, code and failure reasons', async () => {
  const reason = 'PUBLIC_ERROR_MODEL_OVERLOADED';
  simulator.inject({
    call: '*',
    effect: { type: 'pollStatus', status: 'FAILED', reason, code: 14, failureReasons: ['A'] },
  });
  const name = await submit();
  simulator.advance(100_000);
  expect(at((await poll(name)).body, 'media.0.mediaMetadata.mediaStatus')).toEqual({
    mediaGenerationStatus: 'MEDIA_GENERATION_STATUS_FAILED',
    error: { code: 14, message: reason },
    failureReasons: ['A'],
  });
});

test('one poll alone can be told to lie', async () => {
  const name = await submit();
  simulator.inject({ call: 'checkStatus', effect: { type: 'pollStatus', status: 'PROCESSING' } });
  expect(statusOf(await poll(name))).toBe('MEDIA_GENERATION_STATUS_PROCESSING');
  expect(statusOf(await poll(name))).toBe('MEDIA_GENERATION_STATUS_SCHEDULED');
});

test('a running video is cancelled and gives its credits back', async () => {
  const name = await submit();
  expect((await client.api('/flowMedia:cancelGeneration', { mediaId: name })).status).toBe(200);
  expect(statusOf(await poll(name))).toBe('MEDIA_GENERATION_STATUS_CANCELED');
  expect(simulator.account(pro.email).credits).toBe(1_000);
});

test('an answered cancel may have no effect', async () => {
  simulator.options.cancelTakesEffect = false;
  const name = await submit();
  expect((await client.api('/flowMedia:cancelGeneration', { mediaId: name })).status).toBe(200);
  simulator.advance(100_000);
  expect(statusOf(await poll(name))).toBe('MEDIA_GENERATION_STATUS_SUCCESSFUL');
});

test('a cancel that comes too late is a failed precondition', async () => {
  const name = await submit();
  simulator.advance(100_000);
  const reply = await client.api('/flowMedia:cancelGeneration', { mediaId: name });
  expect([reply.status, at(reply.body, 'error.status'), reasonOf(reply)]).toEqual([
    400,
    'FAILED_PRECONDITION',
    'PUBLIC_ERROR_MEDIA_GENERATION_CANNOT_BE_CANCELED',
  ]);
});

test('a cancel by another member is refused by name, and of what is not there 404', async () => {
  const named = await client.api('/flowMedia:cancelGeneration', { name: 'x' });
  expect([named.status, messageOf(named)]).toEqual([400, expect.stringContaining('Unknown name "name"')]);
  expect((await client.api('/flowMedia:cancelGeneration', { mediaId: 'x' })).status).toBe(404);
});
