import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { makeByteBudget } from './byte-budget';
import { readFields } from './read-fields';
import { type MultipartLimits, readMultipart } from './read-multipart';

const limits: MultipartLimits = { maxBytes: 2_000_000, idleMs: 1_000 };
const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

const post = (body: BodyInit, headers: Record<string, string> = {}) =>
  new Request('http://gw.example/v1/x', { method: 'POST', body, headers, duplex: 'half' } as RequestInit);

const read = (form: FormData, more: Partial<MultipartLimits> = {}) =>
  readMultipart(post(form), { ...limits, ...more });

const type = 'multipart/form-data; boundary=b';
/** A body as it is on the wire, in as many pieces as given. */
const readWire = (pieces: (string | Uint8Array)[], contentType = type) =>
  readMultipart(post(streamOf(pieces), { 'content-type': contentType }), limits);

const streamOf = (pieces: (string | Uint8Array)[]) =>
  new ReadableStream<Uint8Array>({
    start(controller) {
      for (const piece of pieces) controller.enqueue(typeof piece === 'string' ? Buffer.from(piece) : piece);
      controller.close();
    },
  });

const formOf = (entries: Record<string, string | Blob>) => {
  const form = new FormData();
  for (const [name, value] of Object.entries(entries)) form.append(name, value);
  return form;
};

const wire = '--b\r\ncontent-disposition: form-data; name="prompt"\r\n\r\na lighthouse\r\n--b--\r\n';

test('fields are text, nested as their names say', async () => {
  const form = formOf({
    prompt: 'näht ☃',
    n: '2',
    'video[id]': 'video_1',
    'input_reference[image_url]': 'data:,',
  });
  expect(await read(form)).toEqual({
    fields: { prompt: 'näht ☃', n: '2', video: { id: 'video_1' }, input_reference: { image_url: 'data:,' } },
    files: [],
  });
});

test('a file keeps its bytes and its name; its type is what the bytes are', async () => {
  const form = formOf({ image: new File([png], 'a "б".jpg', { type: 'image/jpeg' }) });
  const { files } = await read(form);
  expect(files).toMatchObject([{ field: 'image', contentType: 'image/png' }]);
  expect(files[0]?.name).toContain('б');
  expect(Buffer.from(files[0]?.bytes ?? []).equals(png)).toBe(true);
});

test('files of one field come in the order of their numbers, under the plain name', async () => {
  const form = new FormData();
  form.append('image[1]', new File(['second'], 'blob'));
  form.append('mask', new File(['mask'], 'blob'));
  form.append('image[0]', new File(['first'], 'blob'));
  const { files } = await read(form);
  expect(files.map(({ field, bytes }) => [field, Buffer.from(bytes).toString()])).toEqual([
    ['image', 'first'],
    ['image', 'second'],
    ['mask', 'mask'],
  ]);
});

test('files without numbers keep their order', async () => {
  const form = new FormData();
  for (const content of ['a', 'b', 'c']) form.append('image[]', new File([content], 'blob'));
  expect((await read(form)).files.map(({ bytes }) => Buffer.from(bytes).toString())).toEqual(['a', 'b', 'c']);
});

test.each([
  [
    'a picture without a file name',
    'content-disposition: form-data; name="image"\r\ncontent-type: image/png',
    1,
  ],
  [
    'bytes of no type',
    'content-disposition: form-data; name="image"\r\ncontent-type: application/octet-stream',
    1,
  ],
  ['a name without quotes', 'content-disposition: form-data; name=image; filename=x', 1],
  [
    'a file name that looks like a name',
    'content-disposition: form-data; filename="; name=y"; name="image"',
    1,
  ],
  ['a file input that nobody used', 'content-disposition: form-data; name="image"; filename=""', 0],
])('%s', async (_rule, header, count) => {
  const content = count === 0 ? '' : 'content';
  const { files, fields } = await readWire([`--b\r\n${header}\r\n\r\n${content}\r\n--b--\r\n`]);
  expect(files.map(({ field }) => field)).toEqual(count === 0 ? [] : ['image']);
  expect(fields).toEqual({});
});

test('a part that says it is JSON is a value', async () => {
  const form = formOf({ video: new Blob(['{"id":"x"}'], { type: 'application/json' }) });
  // FormData gives every blob a file name; a part without one is a field.
  expect((await read(form)).files).toHaveLength(1);
  const header =
    'content-disposition: form-data; name="video"\r\ncontent-type: application/json; charset=utf-8';
  expect((await readWire([`--b\r\n${header}\r\n\r\n{"id":"x"}\r\n--b--`])).fields).toEqual({
    video: { id: 'x' },
  });
});

test('a body is the same in whatever pieces it comes', async () => {
  const form = formOf({ prompt: 'x'.repeat(300), image: new File([png, png, png], 'blob') });
  const whole = post(form);
  const contentType = whole.headers.get('content-type') ?? '';
  const bytes = Buffer.from(await whole.arrayBuffer());
  for (const length of [1, 2, 3, 7, 64, 1_000]) {
    const pieces = Array.from({ length: Math.ceil(bytes.byteLength / length) }, (_, index) =>
      bytes.subarray(index * length, (index + 1) * length),
    );
    const { fields, files } = await readWire(pieces, contentType);
    expect(fields).toEqual({ prompt: 'x'.repeat(300) });
    expect(Buffer.from(files[0]?.bytes ?? []).equals(Buffer.concat([png, png, png]))).toBe(true);
  }
});

test.each([1_000, 20_000, 64_000, 200_000])('a file of %i bytes that comes in one piece', async (length) => {
  const { files } = await read(formOf({ prompt: 'x', image: new File([Buffer.alloc(length, 1)], 'a') }));
  expect(files[0]?.bytes.byteLength).toBe(length);
  const header = 'content-disposition: form-data; name="image"; filename="a"';
  const whole = `--b\r\n${header}\r\n\r\n${'x'.repeat(length)}\r\n--b--\r\n`;
  for (const pieces of [[whole], [whole, 'after the end'], [whole.slice(0, 900), whole.slice(900)]]) {
    expect((await readWire(pieces)).files[0]?.bytes.byteLength).toBe(length);
  }
});

test('a JSON part that is nested too deep is refused by name', async () => {
  const header = 'content-disposition: form-data; name="video"\r\ncontent-type: application/json';
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
  await expect(readWire([`--b\r\n${header}\r\n\r\n${deep}\r\n--b--`])).rejects.toMatchObject({
    code: 'invalid_request',
    param: 'video',
  });
});

describe('what cannot be read is refused', () => {
  test.each([
    ['no boundary', [wire], 'multipart/form-data'],
    ['an empty boundary', [wire], 'multipart/form-data; boundary='],
    [
      'a boundary that is too long',
      [wire.replaceAll('--b', `--${'b'.repeat(71)}`)],
      `multipart/form-data; boundary=${'b'.repeat(71)}`,
    ],
    ['another boundary', [wire], 'multipart/form-data; boundary=c'],
    ['nothing', [], type],
    ['JSON', ['{"prompt":"x"}'], type],
    ['cut off in a value', [wire.slice(0, 60)], type],
    ['cut off in a header', [wire.slice(0, 20)], type],
    ['cut off before the last boundary', [wire.slice(0, -8)], type],
    ['cut off in the last boundary', [wire.slice(0, -3)], type],
    ['a part without a header', ['--b\r\n\r\nx\r\n--b--\r\n'], type],
    ['a header that is none', ['--b\r\nnonsense\r\n\r\nx\r\n--b--\r\n'], type],
    ['a header without an end', ['--b\r\ncontent-disposition: form-data; name="a"\r\n--b--\r\n'], type],
    [
      'a part of another kind',
      ['--b\r\ncontent-disposition: attachment; name="a"\r\n\r\nx\r\n--b--\r\n'],
      type,
    ],
    [
      'a part without a name',
      ['--b\r\ncontent-disposition: form-data; filename="a"\r\n\r\nx\r\n--b--\r\n'],
      type,
    ],
    ['an empty name', ['--b\r\ncontent-disposition: form-data; name=""\r\n\r\nx\r\n--b--\r\n'], type],
  ])('%s', async (_rule, pieces, contentType) => {
    await expect(readWire(pieces, contentType)).rejects.toMatchObject({
      code: 'invalid_request',
      wireCode: 'invalid_multipart',
    });
  });

  test('a field that is not UTF-8, with its name', async () => {
    const head = '--b\r\ncontent-disposition: form-data; name="prompt"\r\n\r\n';
    await expect(readWire([head, new Uint8Array([0xff]), '\r\n--b--'])).rejects.toMatchObject({
      code: 'invalid_request',
      param: 'prompt',
    });
  });

  test('more parts than anybody needs', async () => {
    const form = new FormData();
    for (let count = 0; count < 65; count += 1) form.append('image[]', new File(['x'], 'blob'));
    await expect(read(form)).rejects.toMatchObject({ code: 'invalid_request', wireCode: 'too_many_parts' });
  });

  test('a file that is too large, with its name', async () => {
    const form = formOf({ prompt: 'x'.repeat(2_000), image: new File([Buffer.alloc(1_001)], 'blob') });
    await expect(read(form, { maxFileBytes: 1_000 })).rejects.toMatchObject({
      code: 'request_too_large',
      param: 'image',
    });
  });

  test('a body that is too large, by what it says and by what it is', async () => {
    const said = post(wire, { 'content-type': type, 'content-length': '2000001' });
    await expect(readMultipart(said, limits)).rejects.toMatchObject({ code: 'request_too_large' });
    const pieces = Array.from({ length: 30 }, () => Buffer.alloc(100_000));
    await expect(readWire(pieces)).rejects.toMatchObject({ code: 'request_too_large' });
  });
});

test('the bytes are counted against the shared room', async () => {
  const budget = makeByteBudget();
  const room = budget.open(new AbortController().signal);
  await read(formOf({ image: new File([Buffer.alloc(1_000_000)], 'blob') }), { room });
  expect(budget.takenBytes).toBeGreaterThanOrEqual(1_000_000);
  room.release();
  expect(budget.takenBytes).toBe(0);
});

describe('a body that does not come', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());
  const refused = { code: 'invalid_request', wireCode: 'request_timeout' };

  test('is given up when it stops', async () => {
    const stuck = new ReadableStream({
      start: (controller) => controller.enqueue(Buffer.from(wire.slice(0, 9))),
    });
    const reading = expect(
      readMultipart(post(stuck, { 'content-type': type }), limits),
    ).rejects.toMatchObject(refused);
    await vi.advanceTimersByTimeAsync(1_001);
    await reading;
  });

  test('is given up when it only trickles', async () => {
    let sent = 0;
    const trickle = new ReadableStream({
      async pull(controller) {
        await new Promise((done) => setTimeout(done, 900));
        sent += 1;
        controller.enqueue(Buffer.from('x'));
      },
    });
    const reading = expect(
      readMultipart(post(trickle, { 'content-type': type }), limits),
    ).rejects.toMatchObject(refused);
    await vi.advanceTimersByTimeAsync(60_000);
    await reading;
    expect(sent).toBeLessThan(40);
  });
});

describe('either form of body', () => {
  test.each([
    ['JSON', post('{"prompt":"x","video":{"id":"v"}}', { 'content-type': 'application/json' })],
    ['JSON without a type', post(Buffer.from('{"prompt":"x","video":{"id":"v"}}'))],
    ['multipart', post(formOf({ prompt: 'x', 'video[id]': 'v' }))],
  ])('%s', async (_form, request) => {
    expect(await readFields(request, limits)).toEqual({
      fields: { prompt: 'x', video: { id: 'v' } },
      files: [],
    });
  });

  test.each([
    ['text/plain', 'unsupported_media_type'],
    ['application/x-www-form-urlencoded', 'unsupported_media_type'],
    ['multipart/mixed; boundary=b', 'unsupported_media_type'],
    ['application/json', 'invalid_request'],
  ])('a list as %s is refused as %s', async (contentType, code) => {
    await expect(readFields(post('[]', { 'content-type': contentType }), limits)).rejects.toMatchObject({
      code,
      ...(code === 'invalid_request' ? {} : { message: expect.stringContaining('"multipart/form-data"') }),
    });
  });
});
