import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { makeByteBudget } from './byte-budget';
import { readJson } from './read-json';

const limits = { maxBytes: 2_000_000, idleMs: 1_000 };
const schema = z.object({ name: z.string().min(1), list: z.array(z.object({ n: z.number() })).nullish() });

const post = (body: BodyInit, headers: Record<string, string> = { 'content-type': 'application/json' }) =>
  new Request('http://gw.example/v1/x', { method: 'POST', body, headers, duplex: 'half' } as RequestInit);

const read = (body: BodyInit, headers?: Record<string, string>) =>
  readJson(post(body, headers), schema, limits);

test('a body that the schema knows is given as the schema has it', async () => {
  expect(await read('{"name":"x","unknown":1}')).toEqual({ name: 'x' });
});

test.each([
  'application/json',
  'application/json; charset=utf-8',
  'Application/JSON',
  'application/vnd.api+json',
  '',
])('the content type %j is JSON', async (type) => {
  expect(await read('{"name":"x"}', { 'content-type': type })).toEqual({ name: 'x' });
});

test.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])(
  'the content type %s is refused',
  async (type) => {
    await expect(read('{"name":"x"}', { 'content-type': type })).rejects.toMatchObject({
      code: 'unsupported_media_type',
    });
  },
);

describe('what is wrong is said with its place', () => {
  test.each([
    ['{"name":}', '"}" cannot stand at line 1, column 9'],
    ['{\n  "name": "x",\n}', '"}" cannot stand at line 3, column 1'],
    ['{"name":"x"', 'the end of the body cannot stand at line 1, column 12'],
    ['', 'it is empty'],
  ])('%j: %s', async (body, message) => {
    await expect(read(body)).rejects.toMatchObject({
      code: 'invalid_request',
      wireCode: 'invalid_json',
      message: expect.stringContaining(message),
    });
  });

  test.each([
    ['{}', 'name', '"name" is missing; it must be text.'],
    ['{"name":5}', 'name', '"name" is a number; it must be text.'],
    ['{"name":""}', 'name', '"name" is empty; it must hold text.'],
    ['{"name":"x","list":[{"n":1},{"n":"2"}]}', 'list.1.n', '"list.1.n" is text; it must be a number.'],
    ['[]', undefined, 'The body is a list; it must be an object.'],
  ])('%s: %s', async (body, param, message) => {
    await expect(read(body)).rejects.toMatchObject({ code: 'invalid_request', param, message });
  });

  test('without showing the value', async () => {
    await expect(read('{"name":["a secret"]}')).rejects.toMatchObject({
      message: expect.not.stringContaining('secret'),
    });
  });
});

test('what is nested so deep that reading it would run out of stack is refused', async () => {
  await expect(
    read(`{"name":"x","list":${'['.repeat(100_000)}${']'.repeat(100_000)}}`),
  ).rejects.toMatchObject({
    wireCode: 'invalid_json',
    message: expect.stringContaining('more than 100 deep'),
  });
});

test('megabytes of brackets are refused without a place', async () => {
  await expect(read('['.repeat(900_000))).rejects.toMatchObject({
    wireCode: 'invalid_json',
    message: expect.stringContaining('too far in'),
  });
});

test.each(['gzip', 'br', 'GZIP', 'identity, gzip'])('a body in %s is refused unread', async (encoding) => {
  const headers = { 'content-type': 'application/json', 'content-encoding': encoding };
  await expect(read('{"name":"x"}', headers)).rejects.toMatchObject({
    code: 'unsupported_media_type',
    wireCode: 'unsupported_content_encoding',
  });
});

test('text that is not UTF-8 is refused', async () => {
  await expect(read(new Uint8Array([0x7b, 0xff, 0x7d]))).rejects.toMatchObject({ wireCode: 'invalid_json' });
});

describe('a body that is too large', () => {
  test('is refused by its length before it is read', async () => {
    const request = post('{}', { 'content-type': 'application/json', 'content-length': '2000001' });
    await expect(readJson(request, schema, limits)).rejects.toMatchObject({ code: 'request_too_large' });
    expect(request.bodyUsed).toBe(false);
  });

  test('is refused as soon as it has grown too large', async () => {
    const pull = vi.fn((controller: ReadableStreamDefaultController) =>
      controller.enqueue(new Uint8Array(100_000)),
    );
    await expect(read(new ReadableStream({ pull }))).rejects.toMatchObject({ code: 'request_too_large' });
    expect(pull.mock.calls.length).toBeLessThan(25);
  });
});

describe('a body that does not come', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test('is given up', async () => {
    const stuck = new ReadableStream({ start: (controller) => controller.enqueue(new Uint8Array([0x7b])) });
    const reading = expect(read(stuck)).rejects.toMatchObject({
      code: 'invalid_request',
      wireCode: 'request_timeout',
    });
    await vi.advanceTimersByTimeAsync(1_001);
    await reading;
  });

  /** 1 MB at 100 KB a second. */
  const slowly = () => {
    let sent = 0;
    return new ReadableStream({
      async pull(controller) {
        await new Promise((done) => setTimeout(done, 500));
        sent += 1;
        if (sent === 1) controller.enqueue(Buffer.from('{"name":"'));
        else if (sent <= 100) controller.enqueue(Buffer.alloc(50_000, 'x'));
        else {
          controller.enqueue(Buffer.from('"}'));
          controller.close();
        }
      },
    });
  };

  test('may come slowly while nobody else needs its room, and is given up for those who do', async () => {
    const large = { maxBytes: 8_000_000, idleMs: 1_000 };
    const budget = makeByteBudget({ totalBytes: 6_000_000, waitMs: 60_000 });
    const start = () => {
      const room = budget.open(new AbortController().signal);
      return readJson(post(slowly(), { 'content-type': 'application/json' }), schema, { ...large, room })
        .finally(() => room.release())
        .catch((error: unknown) => error);
    };
    const alone = start();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(await alone).toEqual({ name: expect.stringMatching(/^x+$/) });

    const holding = start();
    await vi.advanceTimersByTimeAsync(35_000);
    const other = budget.open(new AbortController().signal).take(6_000_000);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(await holding).toMatchObject({ code: 'invalid_request', wireCode: 'request_timeout' });
    await other; // its room is free
  });
});
