import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import sharp, { type Sharp } from 'sharp';
import { afterEach, describe, expect, test } from 'vitest';
import { defaultSettings, type Settings } from '@/config/settings-schema';
import { type GatewayError, isGatewayError } from '@/lib/errors';
import { makePictureBudget } from '@/lib/generation/picture-budget';
import { loadReferences } from '@/lib/generation/references';
import type { ReferenceInput } from '@/lib/generation/types';
import { listen, startHttpProxy } from '@/lib/http/__fixtures__/proxies';
import { makeHttpClient } from '@/lib/http/fetch';
import type { MemoryBudget, MemoryRoom } from '@/lib/memory-budget';
import type { Runtime } from '@/lib/runtime';

const open: (() => unknown)[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((close) => close()));
});

async function serve(handle: (request: IncomingMessage, response: ServerResponse) => void): Promise<number> {
  const server = createServer(handle);
  const port = await listen(server);
  open.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return port;
}

type Limits = {
  maxMb?: number;
  maxMegapixels?: number;
  timeoutSeconds?: number;
  allowPrivate?: boolean;
  settings?: Partial<Settings>;
  budget?: MemoryBudget;
};

function loader({
  maxMb = 5,
  maxMegapixels = 10,
  timeoutSeconds = 5,
  allowPrivate = false,
  settings = {},
  budget = makePictureBudget(),
}: Limits = {}) {
  const http = makeHttpClient({ transport: () => 'undici' });
  open.push(http.close);
  const current = {
    ...defaultSettings(),
    'references.max_bytes': maxMb,
    'references.max_pixels': maxMegapixels,
    'references.fetch_timeout': timeoutSeconds,
    'references.allow_private_addresses': allowPrivate,
    ...settings,
  };
  return (inputs: ReferenceInput[], signal = new AbortController().signal) =>
    loadReferences({ http, settings: { current: () => current } }, budget.open(signal), inputs, signal);
}

async function refusalOf(promise: Promise<unknown>): Promise<GatewayError> {
  const error: unknown = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (isGatewayError(error)) return error;
  throw new Error('no GatewayError', { cause: error });
}

const plain = (width = 60, height = 40): Sharp =>
  sharp({ create: { width, height, channels: 3, background: 'tomato' } });
const png = (width?: number, height?: number) => plain(width, height).png().toBuffer();
/** Pixels that do not compress: the same ones every time. */
const noise = (width = 120, height = 120, pageHeight = height) => {
  let state = 1;
  const pixels = Array.from({ length: width * height * 3 }, () => {
    state = (state * 48_271) % 2_147_483_647;
    return state % 256;
  });
  return sharp(Buffer.from(pixels), { raw: { width, height, channels: 3, pageHeight } });
};
/** The first part of a picture. */
const cut = async (format: 'png' | 'jpeg' | 'webp', share: number) => {
  const whole = await noise().toFormat(format).toBuffer();
  return whole.subarray(0, Math.floor(whole.byteLength * share));
};
/** Bytes that begin as a picture does, and are none. */
const fake = (head: string) => Buffer.concat([Buffer.from(head, 'hex'), Buffer.alloc(4_000, 0x5a)]);
const bytes = (content: Uint8Array): ReferenceInput => ({ type: 'bytes', bytes: content });
const url = (address: string): ReferenceInput => ({ type: 'url', url: address });
const dataUrl = (content: Buffer, type = 'image/png') => `data:${type};base64,${content.toString('base64')}`;

describe('a picture given with the request', () => {
  test('is taken from bytes, whatever a name or header would call it', async () => {
    const content = await png();
    expect(await loader()([bytes(content)])).toEqual([
      {
        bytes: content,
        contentType: 'image/png',
        width: 60,
        height: 40,
        sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      },
    ]);
  });

  test.each(['png', 'jpeg', 'webp'] as const)('may be a %s', async (format) => {
    const [loaded] = await loader()([bytes(await plain().toFormat(format).toBuffer())]);
    expect(loaded).toMatchObject({ contentType: `image/${format}`, width: 60, height: 40 });
  });

  const spellings: [string, (content: Buffer) => string][] = [
    ['in base64', (content) => dataUrl(content)],
    ['in base64 with a wrong type', (content) => dataUrl(content, 'text/plain')],
    ['in base64 without a type', (content) => dataUrl(content, '')],
    ['in base64 broken into lines', (content) => dataUrl(content).replace(/(.{60})/g, '$1\n')],
    [
      'in base64 of the URL alphabet, without padding',
      (content) => `data:image/png;base64,${content.toString('base64url')}`,
    ],
    [
      'in percent-encoded base64',
      (content) => `data:image/png;base64,${encodeURIComponent(content.toString('base64'))}`,
    ],
    [
      'in percent-encoded bytes',
      (content) => `data:image/png,${content.toString('hex').replace(/../g, '%$&')}`,
    ],
    ['in capitals', (content) => dataUrl(content).replace('data:image/png;base64', 'DATA:IMAGE/PNG;BASE64')],
  ];
  test.each(spellings)('may be a data URL %s', async (_how, spell) => {
    const content = await png();
    expect((await loader()([url(spell(content))]))[0]?.bytes).toEqual(content);
  });

  test.each<[string, () => Sharp, 'png' | 'jpeg' | 'webp']>([
    ['the colours of print', () => plain().toColourspace('cmyk').jpeg(), 'jpeg'],
    ['sixteen bits a channel', () => plain().toColourspace('rgb16').png(), 'png'],
    ['sixteen bits of grey', () => plain().toColourspace('grey16').png(), 'png'],
  ])('with %s is made one that everything reads', async (_what, make, format) => {
    const [loaded] = await loader()([bytes(await make().toBuffer())]);
    expect(loaded).toMatchObject({ contentType: `image/${format}`, width: 60, height: 40 });
    const { space, depth } = await sharp(loaded?.bytes).metadata();
    expect(depth).toBe('uchar');
    expect(space).not.toBe('cmyk');
    const [red = 0, green = 0] = await sharp(loaded?.bytes).toColourspace('srgb').raw().toBuffer();
    expect(red).toBeGreaterThanOrEqual(green); // tomato, or its grey
  });

  test.each<[string, () => Sharp]>([
    ['grey', () => plain().greyscale().png()],
    ['with a palette', () => plain().png({ palette: true })],
    ['half transparent', () => plain().ensureAlpha(0.5).png()],
    ['a progressive JPEG', () => plain().jpeg({ progressive: true })],
    ['a lossless WebP', () => plain().webp({ lossless: true })],
  ])('that is %s goes upstream byte for byte', async (_what, make) => {
    const content = await make().toBuffer();
    expect((await loader()([bytes(content)]))[0]?.bytes).toEqual(content);
  });

  test('is turned upright as its EXIF orientation says', async () => {
    const lying = await plain(60, 40)
      .composite([
        { input: { create: { width: 10, height: 10, channels: 3, background: 'blue' } }, left: 0, top: 0 },
      ])
      .jpeg({ quality: 100 })
      .withMetadata({ orientation: 6 })
      .toBuffer();
    const [loaded] = await loader()([bytes(lying)]);
    expect(loaded).toMatchObject({ contentType: 'image/jpeg', width: 40, height: 60 });
    const upright = sharp(loaded?.bytes);
    expect(await upright.metadata()).toMatchObject({ width: 40, height: 60 });
    // The blue corner was top left of the picture as stored, and is top right as seen.
    const { data } = await upright
      .extract({ left: 34, top: 2, width: 1, height: 1 })
      .raw()
      .toBuffer({ resolveWithObject: true });
    expect(data[2]).toBeGreaterThan(200);
  });
});

/** Where the corner that is stored top left belongs (EXIF 2.32, 4.6.4, Orientation), and whether the sides change places. */
const orientations: [value: number, corner: 'top left' | 'top right' | 'bottom right' | 'bottom left'][] = [
  [1, 'top left'],
  [2, 'top right'],
  [3, 'bottom right'],
  [4, 'bottom left'],
  [5, 'top left'],
  [6, 'top right'],
  [7, 'bottom right'],
  [8, 'bottom left'],
];
test.each(
  (['jpeg', 'png', 'webp'] as const).flatMap((format) =>
    orientations.map(([value, corner]) => [format, value, corner] as const),
  ),
)('a %s of EXIF orientation %i has its corner %s', async (format, orientation, corner) => {
  const stored = await plain(60, 40)
    .composite([
      { input: { create: { width: 12, height: 12, channels: 3, background: 'blue' } }, left: 0, top: 0 },
    ])
    .toFormat(format, { quality: 100 })
    .withMetadata({ orientation })
    .toBuffer();
  const [loaded] = await loader()([bytes(stored)]);
  const [width, height] = orientation < 5 ? [60, 40] : [40, 60];
  expect(loaded).toMatchObject({ contentType: `image/${format}`, width, height });
  const upright = sharp(loaded?.bytes);
  const found = await upright.metadata();
  expect([found.width, found.height, found.orientation ?? 1]).toEqual([width, height, 1]);
  const left = corner.endsWith('left') ? 4 : width - 6;
  const top = corner.startsWith('top') ? 4 : height - 6;
  const [red = 0, , blue = 0] = await upright.extract({ left, top, width: 1, height: 1 }).raw().toBuffer();
  expect(blue).toBeGreaterThan(200);
  expect(red).toBeLessThan(60);
});

describe('a picture that cannot be used is refused with its position and what would be right', () => {
  const cases: [string, () => Promise<ReferenceInput>, RegExp][] = [
    ['a GIF', async () => bytes(await plain().gif().toBuffer()), /of the type image\/gif.*PNG, JPEG or WebP/],
    [
      'an AVIF',
      async () => bytes(await plain(16, 16).avif({ effort: 0 }).toBuffer()),
      /of the type image\/avif/,
    ],
    ['a TIFF', async () => bytes(await plain().tiff().toBuffer()), /of the type image\/tiff/],
    ['a BMP', async () => bytes(Buffer.from(`424d${'00'.repeat(60)}`, 'hex')), /of the type image\/bmp/],
    [
      'a HEIC',
      async () => bytes(Buffer.from(`\0\0\0\x18ftypheic\0\0\0\0mif1heic${'\0'.repeat(40)}`, 'latin1')),
      /of the type image\/heic/,
    ],
    [
      'an SVG',
      async () => bytes(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')),
      /an SVG drawing/,
    ],
    [
      'an SVG with a prolog',
      async () => bytes(Buffer.from('<?xml version="1.0"?><svg width="9" height="9"/>')),
      /an SVG drawing/,
    ],
    ['a web page', async () => bytes(Buffer.from('<!doctype html><p>Sign in</p>')), /a web page/],
    ['a PDF', async () => bytes(Buffer.from('%PDF-1.7\n1 0 obj')), /application\/pdf/],
    ['text', async () => bytes(Buffer.from('hello')), /no picture/],
    ['nothing', async () => bytes(new Uint8Array()), /is empty/],
    ['a PNG cut off', async () => bytes((await noise().png().toBuffer()).subarray(0, 5_000)), /cut off/],
    ['a JPEG cut off', async () => bytes((await noise().jpeg().toBuffer()).subarray(0, 3_000)), /cut off/],
    ['a WebP cut off', async () => bytes((await noise().webp().toBuffer()).subarray(0, 2_000)), /cut off/],
    ['a JPEG without its end', async () => bytes(await cut('jpeg', 0.9)), /cut off/],
    ['a PNG without its end', async () => bytes(await cut('png', 0.9)), /cut off/],
    ['a WebP without its end', async () => bytes(await cut('webp', 0.9)), /cut off/],
    ['a JPEG of rubbish', async () => bytes(fake('ffd8ffe000104a46494600010100000100010000')), /damaged/],
    ['a PNG of rubbish', async () => bytes(fake('89504e470d0a1a0a0000000d49484452')), /damaged/],
    ['a WebP of rubbish', async () => bytes(fake('52494646ff0f000057454250')), /damaged/],
    ['an animated GIF', async () => bytes(await noise(8, 16, 8).gif().toBuffer()), /of the type image\/gif/],
    ['a PNG of a header only', async () => bytes((await png()).subarray(0, 20)), /cut off/],
    ['an animation', async () => bytes(await noise(8, 16, 8).webp({ loop: 0 }).toBuffer()), /animated/],
    ['too many pixels', async () => bytes(await png(4_000, 3_000)), /4000 x 3000 pixels; 10 megapixels/],
    ['a data URL without a comma', async () => url('data:image/png;base64'), /without a comma/],
    ['a data URL that is no base64', async () => url('data:image/png;base64,!!!not base64!!!'), /not base64/],
    ['no URL', async () => url('picture.png'), /no URL/],
    ['a file', async () => url('file:///etc/passwd'), /kind "file:"/],
    ['another scheme', async () => url('ftp://example.com/a.png'), /kind "ftp:"/],
    [
      'an address with a password',
      async () => url('https://user:pass@example.com/a.png'),
      /user name or password/,
    ],
    ['an unknown host', async () => url('http://no-such-host.invalid/a.png'), /host is not known/],
  ];
  test.each(cases)('%s', async (_what, make, problem) => {
    const error = await refusalOf(loader()([bytes(await png()), await make()]));
    expect(error).toMatchObject({ code: 'invalid_request', param: 'image' });
    expect(error.message).toMatch(/^Picture 2 /);
    expect(error.message).toMatch(problem);
  });

  test.each<[string, () => ReferenceInput]>([
    ['bytes', () => bytes(Buffer.alloc(5_000_001))],
    ['base64', () => url(`data:image/png;base64,${'A'.repeat(7_000_000)}`)],
    ['percent', () => url(`data:image/png,${'A'.repeat(5_000_001)}`)],
  ])('too many bytes, sent as %s', async (_how, make) => {
    const error = await refusalOf(loader()([bytes(await png()), make()]));
    expect(error).toMatchObject({
      code: 'request_too_large',
      param: 'image',
      wireCode: 'image_too_large',
    });
    expect(error.message).toMatch(/^Picture 2 is larger than 5 MB/);
  });

  test('under the name that the surface has for it', async () => {
    const param = 'messages.0.content.1.image_url';
    const error = await refusalOf(loader()([{ ...bytes(Buffer.from('x')), param }]));
    expect(error.param).toBe(param);
  });
});

describe('a picture on the network', () => {
  const pictureServer = async (content: Buffer) =>
    serve(
      (_request, response) => void response.writeHead(200, { 'content-type': 'text/plain' }).end(content),
    );

  test('is fetched from a private address only where the operator allows it', async () => {
    const content = await png();
    const address = url(`http://127.0.0.1:${await pictureServer(content)}/a.png`);
    expect((await loader({ allowPrivate: true })([address]))[0]?.bytes).toEqual(content);
    expect((await refusalOf(loader()([address]))).message).toMatch(/private address/);
  });

  test.each([
    '127.0.0.1',
    '127.1',
    '2130706433',
    '0x7f000001',
    '0x7f.1',
    '0177.0.0.1',
    '017700000001',
    '0',
    'localhost',
    'localhost.',
    '[::1]',
    '[::]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[64:ff9b::7f00:1]',
    '①②⑦.⓪.⓪.①',
    '10.0.0.1',
    '169.254.169.254',
    '[fd00:ec2::254]',
    '100.64.0.1',
  ])('at %s is refused without a connection', async (host) => {
    let connections = 0;
    const port = await serve((_request, response) => {
      connections += 1;
      response.end();
    });
    expect(await refusalOf(loader()([url(`http://${host}:${port}/a.png`)]))).toMatchObject({
      code: 'invalid_request',
      param: 'image',
    });
    expect(connections).toBe(0);
  });

  test('is fetched through the proxy of the settings, which is told the address that was looked at', async () => {
    const proxy = await startHttpProxy();
    open.push(proxy.close);
    // A public address that nothing answers at: what counts is what the proxy is asked for.
    const settings: Partial<Settings> = { 'proxy.enabled': true, 'proxy.url': proxy.url };
    const load = loader({ timeoutSeconds: 1, settings });
    await refusalOf(load([url('http://192.88.98.1:81/a.png')]));
    expect(proxy.seen).toEqual(['CONNECT 192.88.98.1:81']);
  });

  test('at a private address is refused also where there is a proxy', async () => {
    const proxy = await startHttpProxy();
    open.push(proxy.close);
    const load = loader({ settings: { 'proxy.media_enabled': true, 'proxy.media_url': proxy.url } });
    expect((await refusalOf(load([url('http://10.0.0.1/a.png')]))).message).toMatch(/private address/);
    expect(proxy.seen).toEqual([]);
  });

  test('is not looked for when the request is over already', async () => {
    const reason = new Error('the client left');
    const load = loader()([url('http://example.com/a.png')], AbortSignal.abort(reason));
    expect(await load.catch((error: unknown) => error)).toBe(reason);
  });

  test('is followed through redirects, each looked at anew', async () => {
    const content = await png();
    const port = await serve((request, response) => {
      const step = Number(request.url?.slice(1));
      if (step < 5) response.writeHead(302, { location: `/${step + 1}` }).end();
      else response.end(content);
    });
    expect((await loader({ allowPrivate: true })([url(`http://127.0.0.1:${port}/0`)]))[0]?.bytes).toEqual(
      content,
    );
  });

  test.each([
    ['too often', '/again', /more than 5 redirects/],
    ['to a file', 'file:///etc/passwd', /kind "file:"/],
    ['to an address with a password', 'http://user:pass@example.com/', /user name or password/],
  ])('redirected %s is refused', async (_where, location, problem) => {
    const port = await serve((_request, response) => void response.writeHead(302, { location }).end());
    expect(
      (await refusalOf(loader({ allowPrivate: true })([url(`http://127.0.0.1:${port}/`)]))).message,
    ).toMatch(problem);
  });

  test('redirected to a private address is refused, and nobody is asked there', async () => {
    const asked: string[] = [];
    const http = {
      request: (wanted: { url: string }) => {
        asked.push(wanted.url);
        return Promise.resolve({ status: 302, headers: { location: 'http://127.0.0.1:9/a.png' }, dump() {} });
      },
    } as unknown as Runtime['http']; // a public server that redirects: the tests have none
    const settings = { current: () => defaultSettings() };
    const room = makePictureBudget().open(new AbortController().signal);
    const load = loadReferences(
      { http, settings },
      room,
      [url('http://93.184.215.14/a.png')],
      new AbortController().signal,
    );
    expect(await refusalOf(load)).toMatchObject({
      wireCode: 'invalid_image_url',
      message: expect.stringContaining('private address'),
    });
    expect(asked).toEqual(['http://93.184.215.14/a.png']);
  });

  test.each([
    ['is missing', (response: ServerResponse) => void response.writeHead(404).end(), /answered 404/],
    [
      'is a page in truth',
      (response: ServerResponse) =>
        void response.writeHead(200, { 'content-type': 'image/png' }).end('<html>'),
      /a web page/,
    ],
    [
      'is announced too large',
      (response: ServerResponse) => void response.writeHead(200, { 'content-length': '9000000' }).write('x'),
      /larger than 5 MB/,
    ],
    [
      'turns out too large',
      (response: ServerResponse) => void response.end(Buffer.alloc(6_000_000)),
      /larger than 5 MB/,
    ],
    ['never comes', () => undefined, /did not arrive within 1 seconds/],
    ['never ends', (response: ServerResponse) => void response.write('x'), /did not arrive within 1 seconds/],
    ['breaks off', (response: ServerResponse) => void response.socket?.destroy(), /cannot be reached/],
  ])('that %s is refused', async (_what, answer, problem) => {
    const port = await serve((_request, response) => answer(response));
    const load = loader({ allowPrivate: true, timeoutSeconds: 1 });
    const error = await refusalOf(load([url(`http://127.0.0.1:${port}/a.png`)]));
    expect(error.message).toMatch(/^Picture 1 /);
    expect(error.message).toMatch(problem);
  });

  test('is given up at once when the request is', async () => {
    let isAsked = false;
    const port = await serve(() => {
      isAsked = true;
    });
    const control = new AbortController();
    const loading = loader({ allowPrivate: true })([url(`http://127.0.0.1:${port}/`)], control.signal);
    const outcome = loading.catch((error: unknown) => error);
    await expect.poll(() => isAsked).toBe(true);
    const reason = new Error('the client left');
    const startedAt = performance.now();
    control.abort(reason);
    expect(await outcome).toBe(reason);
    expect(performance.now() - startedAt).toBeLessThan(100);
  });
});

describe('several pictures', () => {
  test('keep their order, whichever comes first, and are fetched together', async () => {
    const sizes = [50, 40, 30, 20];
    let running = 0;
    let most = 0;
    const port = await serve((request, response) => {
      const index = Number(request.url?.slice(1));
      running += 1;
      most = Math.max(most, running);
      setTimeout(
        async () => {
          running -= 1;
          response.end(await png(sizes[index], 10));
        },
        80 - index * 20,
      );
    });
    const loaded = await loader({ allowPrivate: true })(
      sizes.map((_size, index) => url(`http://127.0.0.1:${port}/${index}`)),
    );
    expect(loaded.map(({ width }) => width)).toEqual(sizes);
    expect(most).toBe(4);
  });

  test('are not waited for once one of them is refused', async () => {
    const port = await serve(() => undefined);
    const startedAt = performance.now();
    const error = await refusalOf(
      loader({ allowPrivate: true })([url(`http://127.0.0.1:${port}/`), bytes(Buffer.from('x'))]),
    );
    expect(error.message).toMatch(/^Picture 2 /);
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });

  test('of several requests share the memory: one goes on, the others wait until it is done', async () => {
    const budget = makePictureBudget({ totalBytes: 2_500_000 });
    const rooms: MemoryRoom[] = [];
    const open: MemoryBudget['open'] = (signal) => {
      const room = budget.open(signal);
      rooms.push(room);
      return room;
    };
    const body = Buffer.concat([await png(), Buffer.alloc(1_000_000)]);
    const port = await serve((_request, response) => void response.end(body));
    const picture = url(`http://127.0.0.1:${port}/`);
    const load = loader({ allowPrivate: true, budget: { open, takenBytes: 0 }, timeoutSeconds: 1 });
    const done: number[] = [];
    const running = [0, 1, 2].map(async (index) => {
      await load([picture, picture]);
      done.push(index);
    });
    for (const count of [1, 2, 3]) {
      await expect.poll(() => done.length, { timeout: 5_000 }).toBe(count);
      // Longer than a download may take: the wait is no fault of its server.
      if (count === 1) await new Promise((later) => setTimeout(later, 1_200));
      expect(done.length).toBe(count);
      expect(budget.takenBytes).toBeLessThan(2_500_000 + 2 * body.byteLength);
      rooms[done.at(-1) ?? 0]?.release();
    }
    await Promise.all(running);
    expect(budget.takenBytes).toBe(0);
  });

  test('may be 200 MB together, and no more of them is read', async () => {
    const part = Buffer.alloc(8_000_000);
    let sentBytes = 0;
    const port = await serve(async (_request, response) => {
      for (let index = 0; index < 10 && !response.destroyed; index += 1) {
        sentBytes += part.byteLength;
        if (!response.write(part)) await Promise.race([once(response, 'drain'), once(response, 'close')]);
      }
      // It never ends: what refuses them has not seen one of them whole.
    });
    const load = loader({ allowPrivate: true, maxMb: 100, timeoutSeconds: 20 });
    const error = await refusalOf(
      load([0, 1, 2, 3].map((index) => url(`http://127.0.0.1:${port}/${index}`))),
    );
    expect(error.wireCode).toBe('image_too_large');
    expect(error.message).toMatch(/larger than 200 MB together/);
    expect(sentBytes).toBeGreaterThan(200_000_000);
  });

  test('of which one cannot be used hold no memory', async () => {
    const budget = makePictureBudget();
    const good = await png();
    const port = await serve((request, response) => void response.end(request.url === '/0' ? good : 'none'));
    const load = loader({ allowPrivate: true, budget });
    await refusalOf(load([url(`http://127.0.0.1:${port}/0`), url(`http://127.0.0.1:${port}/1`)]));
    await expect.poll(() => budget.takenBytes).toBe(0);
  });

  test('may be none', async () => {
    expect(await loader()([])).toEqual([]);
  });
});
