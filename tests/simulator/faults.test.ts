import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Simulator, type SimulatorFault, startSimulator } from './server';
import { countCalls } from './stats';
import {
  at,
  connect,
  free,
  imagesBody,
  imagesPath,
  pro,
  type TestClient,
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

const submit = () => client.api(verbs.t2v, videoBody(client.projectId));
const inject = (effect: SimulatorFault['effect'], more: Partial<SimulatorFault> = {}) =>
  simulator.inject({ call: 't2v', ...more, effect });
/** `lost` when no whole answer came. */
const outcome = (reply: Promise<{ status: number }>) =>
  reply.then(
    ({ status }) => status,
    () => 'lost',
  );

test('a status comes with reason, message and Retry-After, and without effect', async () => {
  inject({
    type: 'status',
    status: 429,
    reason: 'PUBLIC_ERROR_HIGH_TRAFFIC',
    message: 'Busy',
    retryAfter: 7,
  });
  const reply = await submit();
  expect([reply.status, reply.headers.get('retry-after'), at(reply.body, 'error')]).toEqual([
    429,
    '7',
    {
      code: 429,
      message: 'Busy',
      status: 'RESOURCE_EXHAUSTED',
      details: [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'PUBLIC_ERROR_HIGH_TRAFFIC' }],
    },
  ]);
  expect(simulator.stats().operations).toEqual([]);
});

test.each<[string, SimulatorFault['effect'], number, unknown]>([
  ['HTML', { type: 'html', status: 502 }, 502, expect.stringContaining('<!DOCTYPE html>')],
  ['any JSON', { type: 'json', status: 200, body: { odd: true } }, 200, { odd: true }],
  ['nothing', { type: 'empty' }, 200, {}],
])('%s can come instead', async (_rule, effect, status, body) => {
  inject(effect);
  const reply = await submit();
  expect([reply.status, reply.body]).toEqual([status, body]);
  expect(simulator.stats().operations).toEqual([]);
});

test('an empty answer of pictures is an empty list', async () => {
  inject({ type: 'empty' }, { call: 'batchGenerateImages' });
  const reply = await client.api(imagesPath(client.projectId), imagesBody(client.projectId));
  expect(reply.body).toEqual({ media: [] });
});

test('tRPC can fail as 200 with another status inside', async () => {
  inject({ type: 'innerStatus', status: 500 }, { call: 'createProject' });
  const reply = await client.labs('/trpc/project.createProject', {
    json: { projectTitle: 'x', toolName: 'PINHOLE' },
  });
  expect([reply.status, at(reply.body, 'result.data.json.status')]).toEqual([200, 500]);
});

test.each([
  ['a reset before', { type: 'reset', when: 'before' }, 0],
  ['a reset after', { type: 'reset', when: 'after' }, 1],
  ['a truncated answer', { type: 'truncated' }, 1],
] as const)('%s loses the answer; what it did stays done', async (_rule, effect, accepted) => {
  inject(effect);
  expect(await outcome(submit())).toBe('lost');
  expect(simulator.stats().operations).toHaveLength(accepted);
  expect(simulator.account(pro.email).credits).toBe(1_000 - 20 * accepted);
});

test.each([
  ['before', 0],
  ['after', 1],
] as const)('a call that hangs %s is never answered', async (when, accepted) => {
  inject({ type: 'hang', when });
  const controller = new AbortController();
  const hanging = fetch(`${simulator.apiBaseUrl}${verbs.t2v}`, {
    method: 'POST',
    body: JSON.stringify(videoBody(client.projectId)),
    headers: { authorization: `Bearer ${client.accessToken}`, 'content-type': 'application/json' },
    signal: controller.signal,
  });
  const ended = outcome(hanging);
  await expect.poll(() => simulator.stats().faults.length).toBe(1);
  await expect.poll(() => simulator.stats().operations.length).toBe(accepted);
  controller.abort();
  expect(await ended).toBe('lost');
});

test('a slow call is answered by the rules in the end', async () => {
  inject({ type: 'slow', delayMs: 60 });
  const begin = performance.now();
  expect((await submit()).status).toBe(200);
  expect(performance.now() - begin).toBeGreaterThan(55);
});

describe('which calls', () => {
  const html = { type: 'html', status: 500 } as const;
  const statuses = async (count: number) => {
    const seen: number[] = [];
    for (let index = 0; index < count; index += 1) seen.push((await submit()).status);
    return seen;
  };

  test('once, unless told otherwise', async () => {
    inject(html);
    expect(await statuses(2)).toEqual([500, 200]);
  });

  test('a number of times, after some have been let through', async () => {
    inject(html, { times: 2, after: 1 });
    expect(await statuses(4)).toEqual([200, 500, 500, 200]);
  });

  test('for ever, until cleared', async () => {
    inject(html, { times: Number.POSITIVE_INFINITY });
    expect(await statuses(3)).toEqual([500, 500, 500]);
    simulator.clearFaults();
    expect(await statuses(1)).toEqual([200]);
  });

  test.each<[string, Partial<SimulatorFault>, number]>([
    ['of this account', { account: pro.email }, 500],
    ['of another account', { account: free.email }, 200],
    ['of this model key', { modelKey: 'veo_3_1_t2v_fast' }, 500],
    ['of another model key', { modelKey: 'veo_3_1_t2v' }, 200],
    ['of any name', { call: '*' }, 500],
    ['of another name', { call: 'credits' }, 200],
  ])('%s', async (_rule, more, status) => {
    inject(html, more);
    expect((await submit()).status).toBe(status);
  });
});

test('injected faults are no refusals, and are listed by themselves', async () => {
  const id = inject({ type: 'status', status: 503 });
  await submit();
  expect(simulator.stats()).toMatchObject({
    refusals: [],
    faults: [{ id, call: 't2v', account: pro.email, effect: 'status' }],
  });
});

test('calls are counted by name and account, and the count begins anew after a reset', async () => {
  await submit();
  await submit();
  expect(countCalls(simulator.stats(), 't2v', pro.email)).toBe(2);
  expect(countCalls(simulator.stats(), 't2v', free.email)).toBe(0);
  simulator.resetStats();
  expect(simulator.stats()).toMatchObject({ calls: [], operations: [], refusals: [], statusCalls: [] });
});

test('unknown paths are HTML 404 and recorded as refused', async () => {
  const reply = await client.api('/video:batchAsyncUpsampleVideo', {});
  expect([reply.status, reply.headers.get('content-type')]).toEqual([404, 'text/html; charset=UTF-8']);
  expect(simulator.stats().refusals).toMatchObject([
    { call: null, path: '/v1/video:batchAsyncUpsampleVideo' },
  ]);
});
