import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type BlockingAnswer, lateJson } from './late-json';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const good: BlockingAnswer = { status: 200, headers: {}, body: { ok: true }, late: { ok: true } };
const refused: BlockingAnswer = {
  status: 424,
  headers: { 'x-should-retry': 'false' },
  body: { error: 'failed' },
  late: { content: 'It failed.' },
};

const after = <T>(ms: number, value: T) => new Promise<T>((resolve) => setTimeout(() => resolve(value), ms));
const options = (signal = new AbortController().signal) => ({
  signal,
  waitMs: 55_000,
  keepAliveMs: 15_000,
  lateError: () => ({ content: 'The gateway failed.' }),
});

test('an answer in time has its own status and headers', async () => {
  const answer = lateJson(() => after(54_000, refused), options());
  await vi.advanceTimersByTimeAsync(54_000);
  const response = (await answer) as Response;
  expect(response.status).toBe(424);
  expect(response.headers.get('x-should-retry')).toBe('false');
  expect(await response.json()).toEqual({ error: 'failed' });
});

test('a failure in time is thrown', async () => {
  await expect(lateJson(() => Promise.reject(new Error('refused')), options())).rejects.toThrow('refused');
});

const late = async (work: (signal: AbortSignal) => Promise<BlockingAnswer>, signal?: AbortSignal) => {
  const answering = lateJson(work, options(signal));
  await vi.advanceTimersByTimeAsync(55_000);
  const answer = await answering;
  if (answer instanceof Response) throw new Error('the status was not given up');
  return answer;
};

test('a late answer is 200, a blank at once, a blank after each pause, then the JSON', async () => {
  const { response, ended } = await late(() => after(90_000, good));
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('application/json');
  const text = response.text();
  await vi.advanceTimersByTimeAsync(35_000);
  expect(await text).toBe('   {"ok":true}');
  expect(await ended).toEqual({ outcome: 'complete' });
});

test('a late failure is told in a good answer', async () => {
  const { response } = await late(() => after(60_000, refused));
  const body = response.json();
  await vi.advanceTimersByTimeAsync(5_000);
  expect(await body).toEqual({ content: 'It failed.' });
});

test('a late failure of the gateway is told without its cause', async () => {
  const failure = new Error('secret');
  const { response, ended } = await late(async () => {
    await after(60_000, undefined);
    throw failure;
  });
  const body = response.json();
  await vi.advanceTimersByTimeAsync(5_000);
  expect(await body).toEqual({ content: 'The gateway failed.' });
  expect(await ended).toEqual({ outcome: 'failed', error: failure });
});

const untilLeft = (signal: AbortSignal) =>
  new Promise<BlockingAnswer>((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error('left')), { once: true });
  });

test('a client that leaves while the status is open ends the work', async () => {
  const client = new AbortController();
  const answer = expect(lateJson(untilLeft, options(client.signal))).rejects.toThrow('left');
  client.abort();
  await answer;
});

test.each(['the body is cancelled', 'the request is aborted'])(
  'a client that leaves later ends the work: %s',
  async (how) => {
    const client = new AbortController();
    const { response, ended } = await late(untilLeft, client.signal);
    const leave: Record<string, () => unknown> = {
      'the body is cancelled': () => response.body?.cancel(),
      'the request is aborted': () => client.abort(),
    };
    leave[how]?.();
    expect(await ended).toEqual({ outcome: 'left' });
    expect(vi.getTimerCount()).toBe(0);
  },
);

describe('a body in pieces', () => {
  let made = 0;
  async function* pieces() {
    made = 0;
    yield '{"a":';
    for (made = 1; made < 100; made += 1) yield ' ';
    yield '1}';
  }
  const large: BlockingAnswer = { ...good, pieces };

  test('is sent with the status that is still open, and made as it is read', async () => {
    const answer = await lateJson(() => Promise.resolve(large), options());
    if (answer instanceof Response) throw new Error('it was held');
    const reader = answer.response.body?.getReader();
    await reader?.read();
    await vi.advanceTimersByTimeAsync(1);
    expect(made).toBeLessThan(10);
    while ((await reader?.read())?.done === false);
    expect(made).toBe(100);
    expect(answer.response.headers.get('content-type')).toBe('application/json');
    expect(await answer.ended).toEqual({ outcome: 'complete' });
  });

  test('follows the blanks when it comes late', async () => {
    const { response } = await late(() => after(60_000, large));
    const text = response.text();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(JSON.parse(await text)).toEqual({ a: 1 });
  });

  test('that breaks off ends the connection, and says so to the log', async () => {
    async function* broken() {
      yield '{"a":';
      throw new Error('gone');
    }
    const answer = await lateJson(() => Promise.resolve({ ...good, pieces: broken }), options());
    if (answer instanceof Response) throw new Error('it was held');
    await expect(answer.response.text()).rejects.toThrow('gone');
    expect(await answer.ended).toMatchObject({ outcome: 'failed' });
  });

  test('ends when its reader leaves', async () => {
    const answer = await lateJson(() => Promise.resolve(large), options());
    if (answer instanceof Response) throw new Error('it was held');
    await answer.response.body?.cancel();
    expect(await answer.ended).toEqual({ outcome: 'left' });
  });
});
