import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { blank, keepAlive, type SseOptions, sseResponse } from './sse-response';

type Payload = object | string | typeof keepAlive | typeof blank;

const open = (
  start: (signal: AbortSignal) => AsyncGenerator<Payload>,
  options: Partial<SseOptions<Payload>> = {},
) =>
  sseResponse(start, {
    signal: new AbortController().signal,
    heartbeat: { everyMs: 15_000, payload: (elapsedMs) => ({ heartbeat: elapsedMs }) },
    lateError: () => [{ error: 'late' }, '[DONE]'],
    ...options,
  });

/** Waits until the signal fires, as everything that a stream waits on does. */
const until = (signal: AbortSignal) =>
  new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));

const decode = (value: Uint8Array | undefined) => new TextDecoder().decode(value);

test('payloads become events: objects as JSON, text as it is', async () => {
  const { response, ended } = open(async function* () {
    yield { a: 1 };
    yield '[DONE]';
  });
  expect(await response.text()).toBe('data: {"a":1}\n\ndata: [DONE]\n\n');
  expect(await ended).toEqual({ outcome: 'complete' });
});

test('a named stream has the type of each payload as the name of its event', async () => {
  const { response } = open(
    async function* () {
      yield { type: 'made', a: 1 };
      yield { a: 2 };
      yield '[DONE]';
    },
    { named: true },
  );
  expect(await response.text()).toBe(
    'event: made\ndata: {"type":"made","a":1}\n\ndata: {"a":2}\n\ndata: [DONE]\n\n',
  );
});

test('a payload that says nothing is a comment', async () => {
  const { response } = open(async function* () {
    yield keepAlive;
    yield { a: 1 };
  });
  expect(await response.text()).toBe(': keep-alive\n\ndata: {"a":1}\n\n');
});

test('or blank lines, where no reader expects a comment', async () => {
  const { response } = open(async function* () {
    yield blank;
    yield { a: 1 };
  });
  expect(await response.text()).toBe('\n\ndata: {"a":1}\n\n');
});

test('no proxy is invited to hold, keep or compress the stream', () => {
  const { headers } = open(async function* () {}).response;
  expect(headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
  expect(headers.get('cache-control')).toBe('no-cache, no-transform');
  expect(headers.get('x-accel-buffering')).toBe('no');
});

test('nothing is made that nobody reads', async () => {
  let made = 0;
  const { response } = open(async function* () {
    for (;;) {
      made += 1;
      yield { made };
    }
  });
  const reader = response.body?.getReader();
  for (let count = 0; count < 5; count += 1) await reader?.read();
  await new Promise((resolve) => setImmediate(resolve));
  expect(made).toBeLessThan(8);
  await reader?.cancel();
});

describe('a stream that fails', () => {
  test('ends with what the codec says of it', async () => {
    const failure = new Error('broken');
    const { response, ended } = open(async function* () {
      yield { a: 1 };
      throw failure;
    });
    expect(await response.text()).toBe('data: {"a":1}\n\ndata: {"error":"late"}\n\ndata: [DONE]\n\n');
    expect(await ended).toEqual({ outcome: 'failed', error: failure });
  });
});

describe('a client that leaves', () => {
  const watched = () => {
    const seen = { waiting: false, aborted: false, finished: false };
    const start = async function* (signal: AbortSignal) {
      try {
        yield { a: 1 };
        seen.waiting = true;
        await until(signal);
        seen.aborted = true;
      } finally {
        seen.finished = true;
      }
    };
    return { seen, start };
  };

  test('by cancelling the body ends the payloads at once', async () => {
    const { seen, start } = watched();
    const { response, ended } = open(start);
    const reader = response.body?.getReader();
    await reader?.read();
    const waiting = reader?.read();
    await vi.waitFor(() => expect(seen.waiting).toBe(true));
    await reader?.cancel();
    expect(await ended).toEqual({ outcome: 'left' });
    await vi.waitFor(() => expect(seen).toMatchObject({ aborted: true, finished: true }));
    expect((await waiting)?.done).toBe(true);
  });

  test('by aborting the request ends the payloads at once', async () => {
    const { seen, start } = watched();
    const client = new AbortController();
    const { response, ended } = open(start, { signal: client.signal });
    const reader = response.body?.getReader();
    await reader?.read();
    const waiting = reader?.read();
    await vi.waitFor(() => expect(seen.waiting).toBe(true));
    client.abort();
    expect(await ended).toEqual({ outcome: 'left' });
    await vi.waitFor(() => expect(seen).toMatchObject({ aborted: true, finished: true }));
    expect((await waiting)?.done).toBe(true);
  });

  test('between two payloads ends them as well', async () => {
    const { seen, start } = watched();
    const { response } = open(start);
    const reader = response.body?.getReader();
    await reader?.read();
    await reader?.cancel();
    await vi.waitFor(() => expect(seen.finished).toBe(true));
  });

  test('before the stream begins makes nothing', async () => {
    const make = vi.fn();
    const { ended } = open(
      async function* () {
        make();
        yield { a: 1 };
      },
      { signal: AbortSignal.abort() },
    );
    expect(await ended).toEqual({ outcome: 'left' });
    expect(make).not.toHaveBeenCalled();
  });

  test('and a failure that follows from it is nobody’s', async () => {
    const client = new AbortController();
    const { response, ended } = open(
      async function* (signal) {
        yield { a: 1 };
        await until(signal);
        throw new Error('lost sight of the job');
      },
      { signal: client.signal },
    );
    const reader = response.body?.getReader();
    await reader?.read();
    client.abort();
    expect(await ended).toEqual({ outcome: 'left' });
    expect((await reader?.read())?.done).toBe(true);
  });
});

describe('silence', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test('is broken by a heartbeat after each pause, and the payload still comes', async () => {
    const { response } = open(async function* () {
      await new Promise((resolve) => setTimeout(resolve, 40_000));
      yield { a: 1 };
    });
    const reader = response.body?.getReader();
    const read = async () => {
      const next = reader?.read();
      await vi.advanceTimersByTimeAsync(15_000);
      return decode((await next)?.value).trim();
    };
    expect(await read()).toBe('data: {"heartbeat":15000}');
    expect(await read()).toBe('data: {"heartbeat":30000}');
    expect(await read()).toBe('data: {"a":1}');
  });
});
