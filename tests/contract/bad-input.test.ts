import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { text as readText } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import SqliteFile from 'better-sqlite3';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { CallName } from '../simulator/contract';
import { bomb, dataUrl, picture } from '../support/pictures';
import { type RunningApp, startRunningApp } from '../support/running-app';
import { until } from '../support/test-runtime';

type Fields = Record<string, unknown>;

const prompt = 'a lighthouse';
const imageModel = 'gemini-3.1-flash-image';
const videoModel = 'veo-3.1-fast';
const quickMs = 15_000; // on a busy machine; most take milliseconds
const maxGrowthBytes = 150_000_000;
const highestBytes = 700_000_000; // what bodies may take together, five times while they are read

let app: RunningApp;
let web: Web;
let good: Buffer;
let before: Traces;
let idleBytes: number;

beforeAll(async () => {
  web = await startWeb();
  app = await startRunningApp({
    env: {
      PROXY_MEDIA_ENABLED: 'true',
      PROXY_MEDIA_URL: web.proxyUrl,
      REFERENCES_FETCH_TIMEOUT: '2',
      LOG_LEVEL: 'warn',
    },
  });
  await app.addAccount();
  good = await picture();
  await askGood();
  before = await settledTraces();
  idleBytes = residentBytes();
});
afterAll(async () => {
  await app?.stop();
  await web?.close();
});

/** The creating routes: their smallest good request, and the same with pictures. */
const surfaces = {
  chat: {
    path: '/v1/chat/completions',
    body: (): Fields => ({ model: imageModel, messages: [{ role: 'user', content: prompt }] }),
    withPictures: (urls: string[]): Fields => ({
      model: imageModel,
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: prompt },
            ...urls.map((url) => ({ type: 'image_url', image_url: { url } })),
          ],
        },
      ],
    }),
  },
  generations: {
    path: '/v1/images/generations',
    body: (): Fields => ({ model: imageModel, prompt }),
    withPictures: (urls: string[]): Fields => ({ model: imageModel, prompt, image: urls }),
  },
  edits: {
    path: '/v1/images/edits',
    body: (): Fields => ({ model: imageModel, prompt, image: dataUrl(good) }),
    withPictures: (urls: string[]): Fields => ({
      model: imageModel,
      prompt,
      images: urls.map((url) => ({ image_url: url })),
    }),
  },
  videos: {
    path: '/v1/videos',
    body: (): Fields => ({ model: videoModel, prompt }),
    withPictures: (urls: string[]): Fields => ({
      model: videoModel,
      prompt,
      input_reference: urls.map((url) => ({ image_url: url })),
    }),
  },
  responses: {
    path: '/v1/responses',
    body: (): Fields => ({ model: imageModel, input: prompt }),
    withPictures: (urls: string[]): Fields => ({
      model: imageModel,
      input: [
        {
          role: 'user',
          content: [
            { type: 'input_text', text: prompt },
            ...urls.map((url) => ({ type: 'input_image', image_url: url })),
          ],
        },
      ],
    }),
  },
} as const;
type Surface = keyof typeof surfaces;
const creating = Object.keys(surfaces) as Surface[];
const forms = ['generations', 'edits', 'videos'] as const;

/** Everything that reads a body. */
const bodyPaths = [
  ...creating.map((name) => surfaces[name].path),
  '/v1/videos/extensions',
  '/v1/videos/edits',
] as const;
const formPaths = bodyPaths.filter((path) => !/chat|responses/.test(path));

type Sent = {
  method?: string;
  headers?: Record<string, string>;
  body?: Buffer | string | undefined;
};

const send = (path: string, { method = 'POST', headers = {}, body }: Sent = {}) =>
  fetch(`${app.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${app.apiKey}`, ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : new Uint8Array(body) }),
  });

const sendJson = (path: string, body: unknown) =>
  send(path, { headers: json, body: typeof body === 'string' ? body : JSON.stringify(body) });

const json = { 'content-type': 'application/json' };

type Refusal = { status: number; code?: string | null | RegExp; param?: string | null | RegExp };

/** Sends it, and looks at all that a refusal has to be. */
async function expectRefusal(asking: Promise<Response>, { status, code, param }: Refusal): Promise<string> {
  const startedAt = performance.now();
  const response = await asking;
  const body = (await response.json()) as { error: Record<string, string | null> };
  expect(performance.now() - startedAt).toBeLessThan(quickMs);
  expect({ status: response.status, ...body.error }).toMatchObject({ status });
  expect(response.headers.get('content-type')).toContain('application/json');
  expect(response.headers.get('x-request-id')).toMatch(/^req_/);
  expect(response.headers.get('access-control-allow-origin')).toBe('*');
  expect(Object.keys(body)).toEqual(['error']);
  expect(Object.keys(body.error).sort()).toEqual(['code', 'message', 'param', 'type']);
  expect(body.error.type).toBe('invalid_request_error');
  expect(body.error.message).toMatch(/\w/);
  expect(body.error.message?.length).toBeLessThan(1_000);
  for (const [value, wanted] of [
    [body.error.code, code],
    [body.error.param, param],
  ]) {
    if (wanted instanceof RegExp) expect(value).toMatch(wanted);
    else if (wanted !== undefined) expect(value).toBe(wanted);
  }
  return body.error.message ?? '';
}

type Traces = { rows: Record<string, number>; files: string[]; calls: Record<string, number> };

const stored = ['jobs', 'job_inputs', 'job_steps', 'media', 'reference_uploads', 'idempotency_records'];
/** What the program asks upstream by itself, whether or not anybody sends anything. */
const upkeep: readonly CallName[] = ['session', 'credits', 'checkStatus'];

/** All that a request could leave behind. */
async function traces(): Promise<Traces> {
  const db = new SqliteFile(join(app.dataDir, 'flow2api.db'), { readonly: true });
  try {
    const count = (table: string) => db.prepare(`select count(*) from ${table}`).pluck().get() as number;
    const calls: Record<string, number> = {};
    for (const { call, count: made } of app.simulator.stats().calls) {
      if (!upkeep.includes(call)) calls[call] = (calls[call] ?? 0) + made;
    }
    const files = readdirSync(app.dataDir, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !/^flow2api\.db/.test(entry.name))
      .map(({ parentPath, name }) => join(parentPath, name));
    return {
      rows: Object.fromEntries(stored.map((table) => [table, count(table)])),
      files: files.sort(),
      calls,
    };
  } finally {
    db.close();
  }
}

/** The same once what good requests began has ended: previews, counters. */
async function settledTraces(): Promise<Traces> {
  for (let last = ''; ; ) {
    await new Promise((done) => setTimeout(done, 1_500));
    const now = await traces();
    const names = now.files.map((file) => file.replace(/\.\w+$/, '').replace(/\.preview$/, ''));
    const isWhole =
      !now.files.some((file) => file.includes('/.incoming/')) &&
      now.files.every(
        (file, index) =>
          !/\.(png|mp4)$/.test(file) || names.filter((name) => name === names[index]).length === 2,
      );
    if (isWhole && JSON.stringify(now) === last) return now;
    last = JSON.stringify(now);
  }
}

/** A good request on every creating route. */
async function askGood() {
  const answers = await Promise.all(
    creating.map((name) => sendJson(surfaces[name].path, surfaces[name].body())),
  );
  for (const answer of answers)
    expect({ status: answer.status, of: answer.url }).toMatchObject({ status: 200 });
  const bodies = await Promise.all(answers.map((answer) => answer.json()));
  const { id } = bodies[creating.indexOf('videos')] as { id: string };
  await until(async () => {
    const video = (await (await send(`/v1/videos/${id}`, { method: 'GET' })).json()) as { status: string };
    return video.status === 'completed' ? video : undefined;
  });
}

function residentBytes(): number {
  const fields = readFileSync(`/proc/${app.pid()}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return Number(fields[21]) * 4_096;
}

/** Two servers in one: pictures and what is called so, and the way to the internet, which ends here. */
type Web = { proxyUrl: string; port: number; asked: string[]; close(): Promise<void> };

const publicHost = '93.184.216.34';

async function startWeb(): Promise<Web> {
  const asked: string[] = [];
  const content = await picture({ colour: '#0e7490' });
  const animated = await sharp(Buffer.alloc(8 * 16 * 3, 99), {
    raw: { width: 8, height: 16, channels: 3, pageHeight: 8 },
  })
    .gif()
    .toBuffer();
  const answer = (path: string, response: ServerResponse) => {
    const redirect = (location: string) => void response.writeHead(302, { location }).end();
    switch (path) {
      case '/good.png':
        return void response.writeHead(200, { 'content-type': 'image/png' }).end(content);
      case '/page.png':
        return void response.writeHead(200, { 'content-type': 'image/png' }).end('<html>no picture</html>');
      case '/drawing.png':
        return void response.writeHead(200, { 'content-type': 'image/png' }).end(svg);
      case '/moving.png':
        return void response.end(animated);
      case '/empty.png':
        return void response.end();
      case '/to-private':
        return redirect(`http://127.0.0.1:${port}/secret.png`);
      case '/to-name':
        return redirect(`http://localhost:${port}/secret.png`);
      case '/to-metadata':
        return redirect('http://169.254.169.254/latest/meta-data/');
      case '/to-file':
        return redirect('file:///etc/passwd');
      case '/round':
        return redirect('/round');
      case '/endless': {
        response.writeHead(200, { 'content-type': 'image/png' });
        const piece = Buffer.alloc(1_000_000);
        const write = () => {
          while (!response.destroyed && response.write(piece));
        };
        response.on('drain', write);
        return write();
      }
      case '/drip': {
        response.writeHead(200, { 'content-type': 'image/png' });
        const timer = setInterval(() => response.write('x'), 100);
        return void response.on('close', () => clearInterval(timer));
      }
      case '/silent':
        return undefined;
      default:
        return void response.writeHead(404).end();
    }
  };
  const server = createServer((request, response) => {
    const url = request.url ?? '';
    if (url.startsWith('/')) {
      asked.push(url);
      return answer(url, response);
    }
    // As a proxy, for what is plain http.
    const onward = httpRequest(url, { method: request.method, headers: request.headers }, (reply) => {
      response.writeHead(reply.statusCode ?? 502, reply.headers);
      reply.pipe(response);
    });
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  });
  server.on('connect', (request, client: Socket) => {
    const [host = '', at = ''] = (request.url ?? '').split(':');
    const isPublic = host === publicHost;
    const onward = connect(isPublic ? port : Number(at), isPublic ? '127.0.0.1' : host, () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      onward.pipe(client).pipe(onward);
    });
    onward.on('error', () => client.destroy());
    client.on('error', () => onward.destroy());
    client.on('close', () => onward.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    proxyUrl: `http://127.0.0.1:${port}`,
    port,
    asked,
    close: async () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>';

/** A GIF that says it is that large. */
function gifBomb(width: number, height: number): Buffer {
  const size = Buffer.alloc(4);
  size.writeUInt16LE(width, 0);
  size.writeUInt16LE(height, 2);
  return Buffer.concat([Buffer.from('GIF89a'), size, Buffer.from('8000000000000000ffffff', 'hex')]);
}

/** A multipart body by hand, so that it can be wrong. */
const boundary = 'XboundaryX';
const formType = { 'content-type': `multipart/form-data; boundary=${boundary}` };
const part = (name: string, value: string | Buffer, head = '') =>
  Buffer.concat([
    Buffer.from(`--${boundary}\r\ncontent-disposition: form-data; name="${name}"${head}\r\n\r\n`),
    Buffer.from(value),
    Buffer.from('\r\n'),
  ]);
const closing = Buffer.from(`--${boundary}--\r\n`);
const form = (...parts: Buffer[]) => Buffer.concat([...parts, closing]);
const file = (name: string, bytes: string | Buffer, fileName = 'a.png') =>
  part(name, bytes, `; filename="${fileName}"\r\ncontent-type: image/png`);

const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;
const cross = <A, B extends readonly unknown[]>(as: readonly A[], bs: readonly B[]) =>
  bs.flatMap((b) => as.map((a) => [a, ...b] as [A, ...B]));

describe('leaves nothing behind:', () => {
  afterEach(async () => {
    const was = before;
    before = await traces(); // or one fault would fail all tests after it
    expect(before).toEqual(was);
  });

  type BodyFault = [what: string, sent: () => Sent, refusal: Refusal];
  const invalidJson = { status: 400, code: 'invalid_json', param: null };
  const bodyFaults: BodyFault[] = [
    ['JSON that is cut off', () => ({ headers: json, body: '{"prompt":"a' }), invalidJson],
    ['JSON with a comma too many', () => ({ headers: json, body: '{"prompt":"a",}' }), invalidJson],
    ['words', () => ({ headers: json, body: 'draw a lighthouse' }), invalidJson],
    ['an empty body', () => ({ headers: json, body: '' }), invalidJson],
    ['blanks', () => ({ headers: json, body: ' \n\t ' }), invalidJson],
    ['no body and no type', () => ({}), invalidJson],
    ['a list', () => ({ headers: json, body: '[]' }), { status: 400, param: null }],
    ['text in quotes', () => ({ headers: json, body: '"a"' }), { status: 400, param: null }],
    ['null', () => ({ headers: json, body: 'null' }), { status: 400, param: null }],
    ['a number', () => ({ headers: json, body: '1' }), { status: 400, param: null }],
    [
      'an empty object',
      () => ({ headers: json, body: '{}' }),
      { status: 400, param: /^(?:model|prompt|video)$/ },
    ],
    [
      'bytes that are no UTF-8',
      () => ({ headers: json, body: Buffer.from('{"prompt":"\xff"}', 'latin1') }),
      invalidJson,
    ],
    ['UTF-16', () => ({ headers: json, body: Buffer.from('{"prompt":"a"}', 'utf16le') }), invalidJson],
    ['half a character', () => ({ headers: json, body: Buffer.from('7b2261223a22c3', 'hex') }), invalidJson],
    [
      '100,000 lists in each other',
      () => ({ headers: json, body: `{"x":${nested(100_000)}}` }),
      { status: 400, code: 'invalid_json' },
    ],
    [
      'a million objects in each other',
      () => ({ headers: json, body: '{"a":'.repeat(1_000_000) }),
      invalidJson,
    ],
    ['a million that are not closed', () => ({ headers: json, body: '['.repeat(1_000_000) }), invalidJson],
    [
      'gzip',
      () => ({ headers: { ...json, 'content-encoding': 'gzip' }, body: gzipSync('{"prompt":"a"}') }),
      { status: 415, code: 'unsupported_content_encoding' },
    ],
    [
      'text/plain',
      () => ({ headers: { 'content-type': 'text/plain' }, body: '{}' }),
      { status: 415, code: 'unsupported_media_type' },
    ],
    [
      'text without a type of its own',
      () => ({ body: '{}' }),
      { status: 415, code: 'unsupported_media_type' },
    ],
    [
      'an HTML form',
      () => ({ headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'prompt=a' }),
      { status: 415, code: 'unsupported_media_type' },
    ],
    [
      'a picture alone',
      () => ({ headers: { 'content-type': 'image/png' }, body: good }),
      { status: 415, code: 'unsupported_media_type' },
    ],
    ['a type that is none', () => ({ headers: { 'content-type': ';;=,' }, body: '{}' }), { status: 400 }],
    [
      'a body of 70 MB',
      () => ({ headers: json, body: Buffer.alloc(70_000_000, 0x20) }),
      { status: 413, code: 'request_too_large' },
    ],
  ];
  test.each(cross(bodyPaths, bodyFaults))('%s: %s', async (path, _what, sent, refusal) => {
    await expectRefusal(send(path, sent()), refusal);
  });

  test.each(['/v1/chat/completions', '/v1/responses'])('%s: a form', async (path) => {
    await expectRefusal(send(path, { headers: formType, body: form(part('prompt', prompt)) }), {
      status: 415,
      code: 'unsupported_media_type',
    });
  });

  const invalidForm = { status: 400, code: 'invalid_multipart', param: null };
  const formFaults: BodyFault[] = [
    [
      'no boundary in the type',
      () => ({ headers: { 'content-type': 'multipart/form-data' }, body: form(part('prompt', prompt)) }),
      invalidForm,
    ],
    [
      'another boundary in the type',
      () => ({
        headers: { 'content-type': 'multipart/form-data; boundary=other' },
        body: form(part('prompt', prompt)),
      }),
      invalidForm,
    ],
    [
      'a boundary of 100 characters',
      () => ({ headers: { 'content-type': `multipart/form-data; boundary=${'x'.repeat(100)}` }, body: 'x' }),
      invalidForm,
    ],
    ['an empty form body', () => ({ headers: formType, body: '' }), invalidForm],
    ['no closing boundary', () => ({ headers: formType, body: part('prompt', prompt) }), invalidForm],
    [
      'a form that is cut in a file',
      () => ({
        headers: formType,
        body: Buffer.concat([part('prompt', prompt), file('image', good).subarray(0, 300)]),
      }),
      invalidForm,
    ],
    [
      'a form that is cut in a heading',
      () => ({ headers: formType, body: Buffer.from(`--${boundary}\r\ncontent-dispo`) }),
      invalidForm,
    ],
    [
      'a part without a heading',
      () => ({ headers: formType, body: form(Buffer.from(`--${boundary}\r\n\r\nx\r\n`)) }),
      invalidForm,
    ],
    [
      'a part without a name',
      () => ({
        headers: formType,
        body: form(Buffer.from(`--${boundary}\r\ncontent-disposition: form-data\r\n\r\nx\r\n`)),
      }),
      invalidForm,
    ],
    ['JSON that is called a form', () => ({ headers: formType, body: '{"prompt":"a"}' }), invalidForm],
    [
      '10,000 fields',
      () => ({
        headers: formType,
        body: form(...Array.from({ length: 10_000 }, (_none, index) => part(`f${index}`, 'x'))),
      }),
      { status: 400, code: 'too_many_parts' },
    ],
    [
      'a name of 100,000 characters',
      () => ({ headers: formType, body: form(part('n'.repeat(100_000), 'x')) }),
      invalidForm,
    ],
    [
      'brackets a thousand deep',
      () => ({ headers: formType, body: form(part(`a${'[b]'.repeat(60)}`, 'x')) }),
      { status: 400, param: /^a/ },
    ],
    [
      'a field twice as value and as parts',
      () => ({ headers: formType, body: form(part('video', 'x'), part('video[id]', 'y')) }),
      { status: 400, param: 'video' },
    ],
    [
      'text that is no UTF-8',
      () => ({ headers: formType, body: form(part('prompt', Buffer.from([0xff, 0xfe]))) }),
      { status: 400, param: 'prompt' },
    ],
    [
      'a JSON part that is none',
      () => ({ headers: formType, body: form(part('prompt', '{', '\r\ncontent-type: application/json')) }),
      { status: 400, param: 'prompt' },
    ],
    [
      'a JSON part 100,000 deep',
      () => ({
        headers: formType,
        body: form(part('x', nested(100_000), '\r\ncontent-type: application/json')),
      }),
      { status: 400, param: 'x' },
    ],
    ['an empty form', () => ({ headers: formType, body: form() }), { status: 400 }],
    [
      'a form in gzip',
      () => ({
        headers: { ...formType, 'content-encoding': 'gzip' },
        body: gzipSync(form(part('prompt', prompt))),
      }),
      { status: 415, code: 'unsupported_content_encoding' },
    ],
    [
      'a form of 70 MB',
      () => ({ headers: formType, body: form(part('prompt', Buffer.alloc(70_000_000, 0x78))) }),
      { status: 413, code: 'request_too_large' },
    ],
  ];
  test.each(cross(formPaths, formFaults))('%s: %s', async (path, _what, sent, refusal) => {
    await expectRefusal(send(path, sent()), refusal);
  });

  const formFields: [path: string, what: string, parts: () => Buffer[], refusal: Refusal][] = [
    ...forms.flatMap((name): [string, string, () => Buffer[], Refusal][] => {
      const { path } = surfaces[name];
      const picture = name === 'videos' ? 'input_reference' : 'image';
      return [
        [
          path,
          'a prompt twice',
          () => [part('prompt', 'a'), part('prompt', 'b'), file('image', good)],
          { status: 400, param: 'prompt' },
        ],
        [
          path,
          'a model twice',
          () => [part('model', 'a'), part('model', 'b'), part('prompt', 'b'), file('image', good)],
          { status: 400, param: 'model' },
        ],
        [
          path,
          'a prompt as a file',
          () => [file('prompt', prompt, 'a.txt'), file('image', good)],
          { status: 400, param: 'prompt' },
        ],
        [
          path,
          'a picture as text',
          () => [part('prompt', prompt), part(picture, 'my cat')],
          { status: 400, param: picture },
        ],
        [
          path,
          'a picture as its bytes in a text field',
          () => [part('prompt', prompt), part(picture, good)],
          { status: 400, param: picture },
        ],
        [
          path,
          'text that is called a.png',
          () => [part('prompt', prompt), file(picture, 'hello')],
          { status: 400, param: picture, code: 'unsupported_image_media_type' },
        ],
        [
          path,
          'a file of 30 MB',
          () => [part('prompt', prompt), file(picture, Buffer.alloc(30_000_000, 1))],
          { status: 413, param: picture },
        ],
        [
          path,
          'a PNG that is cut off',
          () => [part('prompt', prompt), file(picture, good.subarray(0, 200))],
          { status: 400, param: picture, code: 'image_parse_error' },
        ],
        [
          path,
          'a PNG of 60,000 x 60,000 pixels',
          () => [part('prompt', prompt), file(picture, bomb(60_000, 60_000))],
          { status: 400, param: picture, code: 'image_too_large' },
        ],
        [
          path,
          'an SVG',
          () => [part('prompt', prompt), file(picture, svg, 'a.svg')],
          { status: 400, param: picture, code: 'unsupported_image_media_type' },
        ],
        [
          path,
          'an empty file',
          () => [part('prompt', prompt), file(picture, '')],
          { status: 400, param: picture, code: 'empty_image_file' },
        ],
        [
          path,
          '60 pictures',
          () => [part('prompt', prompt), ...Array.from({ length: 60 }, () => file(picture, good))],
          { status: 400 },
        ],
        [
          path,
          '100 pictures',
          () => [part('prompt', prompt), ...Array.from({ length: 100 }, () => file(picture, good))],
          { status: 400, code: 'too_many_parts' },
        ],
      ];
    }),
    ...(['generations', 'edits'] as const).flatMap((name): [string, string, () => Buffer[], Refusal][] =>
      ['0', '-1', '1e9', '1000000000', '1.5', 'many', ' ', '0x2', '１'].map((n) => [
        surfaces[name].path,
        `n = ${JSON.stringify(n)}`,
        () => [part('prompt', prompt), part('n', n), file('image', good)],
        { status: 400, param: 'n' },
      ]),
    ),
    ['/v1/images/edits', 'no picture', () => [part('prompt', prompt)], { status: 400, param: 'image' }],
    [
      '/v1/videos/extensions',
      'a video as a file',
      () => [part('prompt', prompt), file('video', good, 'a.mp4')],
      { status: 400, param: 'video' },
    ],
    [
      '/v1/videos/edits',
      'a video as a file',
      () => [part('prompt', prompt), file('video', good, 'a.mp4')],
      { status: 400, param: 'video' },
    ],
  ];
  test.each(formFields)('%s as a form: %s', async (path, _what, parts, refusal) => {
    await expectRefusal(send(path, { headers: formType, body: form(...parts()) }), refusal);
  });

  /** Values of one field, and where they are wrong. */
  const noModel = { status: 404, code: 'model_not_found', param: 'model' };
  const models = [
    'no-such-model',
    '__proto__',
    'constructor',
    'a\0b',
    '../../etc/passwd',
    '\ud800',
    'x'.repeat(1_000_000),
  ];
  const sizes = [
    'large',
    '0x0',
    '-1x-1',
    '1024',
    '1024x',
    'x',
    '1e3x1e3',
    'NaNxNaN',
    '9999999x1',
    1_024,
    [],
    {},
    true,
    ['1024x1024'],
  ];
  const lengths = ['long', -4, 0, 1e9, 1.5, 7.5, 'NaN', '8 8', '1e1', true, [], {}, [8]];
  const ratios = ['21:9', 'wide', '0:0', '16:9:4', 5, -1, [], {}, true];
  const bad = (param: string | RegExp, ...values: unknown[]) =>
    values.map((value): [Fields, Refusal] => [
      { [typeof param === 'string' ? (param.split('.')[0] ?? '') : '']: value },
      { status: 400, param },
    ]);
  const fieldFaults: Record<Surface | 'extensions' | 'videoEdits', [Fields, Refusal][]> = {
    generations: [
      ...bad('prompt', undefined, null, '', '   ', 5, true, [], {}, ['a'], 'x'.repeat(10_000_000)),
      ...bad('model', 5, true, [], {}, ' '),
      ...models.map((model): [Fields, Refusal] => [{ model }, noModel]),
      [{ model: videoModel }, { status: 400, param: 'model' }],
      ...bad('n', 0, -1, 1e9, 1.5, 11, 'many', '1e9', true, [], {}, [2], 1e308),
      ...bad('size', ...sizes),
      ...bad('aspect_ratio', ...ratios),
      ...bad('resolution', '16k', 'large', 5, [], {}, true),
      ...bad('response_format', 'xml', 5, true, [], {}),
      ...bad('output_format', 'gif', 'svg', 5, [], {}),
      ...bad('stream', 'maybe', 5, [], {}),
      ...bad('mask', 'x', {}, dataUrl(Buffer.from('x'))),
      ...bad('image', 5, true, {}, 'my cat', 'file:///etc/passwd', 'ftp://x/a.png', '/etc/passwd', {
        file_id: 'file-1',
      }),
      [{ image: [5] }, { status: 400, param: 'image.0' }],
      [{ images: [null] }, { status: 400, param: 'images.0' }],
      [{ images: [{ image_url: { url: 5 } }] }, { status: 400, param: 'images.0' }],
    ],
    edits: [
      ...bad('prompt', undefined, null, '', 5, [], {}),
      ...models.map((model): [Fields, Refusal] => [{ model }, noModel]),
      ...bad('n', 0, -1, 1e9, 1.5, 'many', true),
      ...bad('size', 'large', '0x0', 1_024, {}),
      ...bad('image', undefined, null, '', [], 5, {}, 'my cat'),
      ...bad('mask', dataUrl(Buffer.from('x'))),
    ],
    videos: [
      ...bad('prompt', undefined, null, '', '   ', 5, true, [], {}, 'x'.repeat(10_000_000)),
      ...bad('model', 5, true, [], {}, imageModel, 'gpt-image-1'),
      ...models.map((model): [Fields, Refusal] => [{ model }, noModel]),
      ...bad('seconds', ...lengths),
      ...bad('size', ...sizes.filter((size) => size !== 1_024)),
      ...bad('aspect_ratio', ...ratios),
      ...bad('resolution', '16k', 5, [], {}, true),
      ...bad(
        'input_reference',
        5,
        true,
        {},
        'my cat',
        'file:///etc/passwd',
        { file_id: 'file-1' },
        '{"image_url":5}',
        '[',
        { image_url: [] },
      ),
      ...bad('last_frame', 5, 'x'),
      [{ last_frame: 'https://example.com/a.png' }, { status: 400, param: 'last_frame' }],
      [
        { input_reference: 'https://example.com/a.png', reference_images: ['https://example.com/a.png'] },
        { status: 400, param: 'reference_images' },
      ],
    ],
    chat: [
      ...bad('model', undefined, null, 5, true, [], {}, ''),
      ...models.map((model): [Fields, Refusal] => [{ model }, noModel]),
      ...bad('messages', undefined, null, 5, 'hi', {}, []),
      ...[5, null, 'hi', []].map((message): [Fields, Refusal] => [
        { messages: [message] },
        { status: 400, param: 'messages.0' },
      ]),
      [{ messages: [{ role: 5, content: prompt }] }, { status: 400, param: 'messages.0.role' }],
      [{ messages: [{ role: 'assistant', content: prompt }] }, { status: 400, param: 'messages' }],
      ...[null, '', '  ', [], [{ type: 'text', text: '' }], '\0'].map((content): [Fields, Refusal] => [
        { messages: [{ role: 'user', content }] },
        { status: 400, param: 'messages' },
      ]),
      ...[5, true, {}].map((content): [Fields, Refusal] => [
        { messages: [{ role: 'user', content }] },
        { status: 400, param: 'messages.0.content' },
      ]),
      ...[
        5,
        null,
        {},
        { type: 5 },
        { type: { toString: 1, valueOf: 1 } },
        { type: 'text' },
        { type: 'text', text: {} },
        { type: 'image_url' },
        { type: 'image_url', image_url: 5 },
        { type: 'image_url', image_url: { url: 'my cat' } },
        { type: 'image_url', image_url: { url: 'file:///etc/passwd' } },
        { type: 'input_audio' },
      ].map((one): [Fields, Refusal] => [
        { messages: [{ role: 'user', content: [one, { type: 'text', text: prompt }] }] },
        { status: 400, param: /^messages\.0\.content\.0/ },
      ]),
      [{ messages: [{ role: 'user', content: 'x'.repeat(10_000_000) }] }, { status: 400, param: 'messages' }],
      ...bad('stream', 'true', 5, [], {}),
      ...bad('stream_options', 5, 'x', []),
      [{ stream_options: { include_usage: 'yes' } }, { status: 400, param: 'stream_options.include_usage' }],
      ...bad('image', 'my cat', 'file:///etc/passwd'),
      ...bad('size', ...sizes),
      ...bad('aspect_ratio', ...ratios),
      ...bad('seconds', 'long', 8, true, {}),
    ],
    responses: [
      ...bad('model', undefined, null, 5, [], {}, ''),
      ...models.map((model): [Fields, Refusal] => [{ model }, noModel]),
      ...bad(
        'input',
        undefined,
        null,
        5,
        true,
        {},
        [],
        '',
        [5],
        [null],
        [{ role: 'assistant', content: 'x' }],
      ),
      [{ input: [{ role: 'user', content: 5 }] }, { status: 400, param: 'input.0.content' }],
      [
        { input: [{ role: 'user', content: [{ type: { toString: 1 } }] }] },
        { status: 400, param: /^input\.0\.content\.0/ },
      ],
      [{ input: 'x'.repeat(10_000_000) }, { status: 400, param: /^(?:input|messages)$/ }],
      ...bad('stream', 'true', 5, {}),
      ...bad('tools', 'x', 5, {}),
      ...bad('background', true, 'yes'),
      ...bad('previous_response_id', 'resp_1'),
      ...bad('size', 'large', {}, true),
      [
        { tools: [{ type: 'image_generation', output_format: 'gif' }] },
        { status: 400, param: 'output_format' },
      ],
      [{ tools: [{ type: 'image_generation', size: 'huge' }] }, { status: 400, param: 'size' }],
    ],
    extensions: [
      ...bad('video', undefined, null, '', 5, true, [], {}, { id: 5 }),
      ...['x', 'video_x', '../x', 'video_\0', '%00'].flatMap((id): [Fields, Refusal][] => [
        [{ video: id }, { status: 404, code: 'video_not_found', param: 'video' }],
        [{ video: { id } }, { status: 404, code: 'video_not_found', param: 'video' }],
      ]),
      ...bad('prompt', undefined, 5, [], 'x'.repeat(100_000)),
      ...bad('seconds', ...lengths.filter((value) => typeof value !== 'number')),
      ...bad('size', 'large', {}),
    ],
    videoEdits: [
      ...bad('video', undefined, null, 5, [], {}),
      ...['x', 'video_x', '../x', '\0'].map((id): [Fields, Refusal] => [
        { video: { id } },
        { status: 404, code: 'video_not_found', param: 'video' },
      ]),
    ],
  };
  const basesOf = {
    ...surfaces,
    extensions: { path: '/v1/videos/extensions', body: (): Fields => ({ video: { id: 'video_x' }, prompt }) },
    videoEdits: { path: '/v1/videos/edits', body: (): Fields => ({ video: { id: 'video_x' }, prompt }) },
  };
  const spell = (fields: Fields) =>
    `${Object.keys(fields)} = ${JSON.stringify(Object.values(fields)).slice(1, 80)}`;
  test.each(
    Object.entries(fieldFaults).flatMap(([name, faults]) =>
      faults.map(([fields, refusal]): [string, string, Fields, Refusal] => [
        name,
        spell(fields),
        fields,
        refusal,
      ]),
    ),
  )('%s with %s', async (name, _what, fields, refusal) => {
    const { path, body } = basesOf[name as keyof typeof basesOf];
    const message = await expectRefusal(sendJson(path, { ...body(), ...fields }), refusal);
    expect(message).not.toMatch(/undefined|\[object/);
  });

  test.each(creating)('%s: a good request with 100,000 lists in each other beside it', async (name) => {
    const { path, body } = surfaces[name];
    const text = `${JSON.stringify(body()).slice(0, -1)},"x":${nested(100_000)}}`;
    await expectRefusal(sendJson(path, text), { status: 400, code: 'invalid_json' });
  });

  test.each(creating)('%s: an Idempotency-Key of 256 characters', async (name) => {
    const { path, body } = surfaces[name];
    const headers = { ...json, 'idempotency-key': 'x'.repeat(256) };
    await expectRefusal(send(path, { headers, body: JSON.stringify(body()) }), {
      status: 400,
      param: 'Idempotency-Key',
    });
  });

  type PictureFault = [what: string, make: () => string | Promise<string>, refusal: Refusal];
  const pictureFaults: PictureFault[] = [
    ['30 MB', () => dataUrl(Buffer.alloc(30_000_000, 1)), { status: 413, code: 'image_too_large' }],
    [
      'a cut PNG',
      async () => dataUrl((await picture({ width: 1_500, height: 1_500 })).subarray(0, 3_000)),
      { status: 400, code: 'image_parse_error' },
    ],
    [
      'a cut JPEG',
      async () => dataUrl((await picture({ format: 'jpeg' })).subarray(0, 300)),
      { status: 400, code: 'image_parse_error' },
    ],
    [
      'a cut WebP',
      async () => dataUrl((await picture({ format: 'webp' })).subarray(0, 40)),
      { status: 400, code: 'image_parse_error' },
    ],
    [
      'text that is called PNG',
      () => dataUrl(Buffer.from('hello')),
      { status: 400, code: 'unsupported_image_media_type' },
    ],
    [
      'a PNG of rubbish',
      () => dataUrl(Buffer.from(`89504e470d0a1a0a${'5a'.repeat(999)}`, 'hex')),
      { status: 400, code: 'image_parse_error' },
    ],
    [
      '60,000 x 60,000 pixels in 41 bytes',
      () => dataUrl(bomb(60_000, 60_000)),
      { status: 400, code: 'image_too_large' },
    ],
    [
      '2,147,483,647 pixels in each direction',
      () => dataUrl(bomb(2_147_483_647, 2_147_483_647)),
      { status: 400, code: /^image_(?:too_large|parse_error)$/ },
    ],
    ['no pixels', () => dataUrl(bomb(0, 0)), { status: 400, code: 'image_parse_error' }],
    [
      'a GIF of 65,535 x 65,535 pixels',
      () => dataUrl(gifBomb(65_535, 65_535), 'image/gif'),
      { status: 400, code: 'unsupported_image_media_type' },
    ],
    [
      'an SVG',
      () => dataUrl(Buffer.from(svg), 'image/svg+xml'),
      { status: 400, code: 'unsupported_image_media_type' },
    ],
    [
      'an SVG that is called PNG',
      () => dataUrl(Buffer.from(svg)),
      { status: 400, code: 'unsupported_image_media_type' },
    ],
    [
      'a PDF',
      () => dataUrl(Buffer.from('%PDF-1.7\n%âãÏÓ\n1 0 obj')),
      { status: 400, code: 'unsupported_image_media_type' },
    ],
    ['nothing', () => 'data:image/png;base64,', { status: 400, code: 'empty_image_file' }],
    ['no base64', () => 'data:image/png;base64,§§§§', { status: 400, code: 'invalid_base64_image' }],
    [
      'a data URL without a comma',
      () => 'data:image/png;base64',
      { status: 400, code: 'invalid_base64_image' },
    ],
  ];
  test.each(cross(creating, pictureFaults))(
    '%s with a picture that is %s',
    async (name, _what, make, refusal) => {
      const { path, withPictures } = surfaces[name];
      await expectRefusal(sendJson(path, withPictures([await make()])), {
        ...refusal,
        param: /image|input/,
      });
    },
  );

  test.each(creating)('%s with 100 pictures', async (name) => {
    const { path, withPictures } = surfaces[name];
    const urls = Array.from({ length: 100 }, () => dataUrl(good));
    await expectRefusal(sendJson(path, withPictures(urls)), { status: 400, param: /image|input|messages/ });
  });

  test('videos with 100 reference pictures', async () => {
    const reference_images = Array.from({ length: 100 }, () => `http://${publicHost}/good.png`);
    const asked = web.asked.length;
    await expectRefusal(sendJson('/v1/videos', { model: videoModel, prompt, reference_images }), {
      status: 400,
    });
    expect(web.asked.length).toBe(asked);
  });

  const download = { status: 400, code: 'failed_to_download_image' };
  const addressFaults: [what: string, url: () => string, refusal: Refusal][] = [
    [
      '127.0.0.1',
      () => `http://127.0.0.1:${web.port}/secret.png`,
      { status: 400, code: 'invalid_image_url' },
    ],
    [
      'localhost',
      () => `http://localhost:${web.port}/secret.png`,
      { status: 400, code: 'invalid_image_url' },
    ],
    [
      '2130706433',
      () => `http://2130706433:${web.port}/secret.png`,
      { status: 400, code: 'invalid_image_url' },
    ],
    [
      '[::ffff:127.0.0.1]',
      () => `http://[::ffff:127.0.0.1]:${web.port}/secret.png`,
      { status: 400, code: 'invalid_image_url' },
    ],
    [
      '169.254.169.254',
      () => 'http://169.254.169.254/latest/meta-data/',
      { status: 400, code: 'invalid_image_url' },
    ],
    [
      'a redirect to 127.0.0.1',
      () => `http://${publicHost}/to-private`,
      { status: 400, code: 'invalid_image_url' },
    ],
    [
      'a redirect to localhost',
      () => `http://${publicHost}/to-name`,
      { status: 400, code: 'invalid_image_url' },
    ],
    [
      'a redirect to 169.254.169.254',
      () => `http://${publicHost}/to-metadata`,
      { status: 400, code: 'invalid_image_url' },
    ],
    [
      'a redirect to a file',
      () => `http://${publicHost}/to-file`,
      { status: 400, code: 'invalid_image_url' },
    ],
    ['redirects without end', () => `http://${publicHost}/round`, download],
    ['a page', () => `http://${publicHost}/page.png`, { status: 400, code: 'unsupported_image_media_type' }],
    [
      'a drawing',
      () => `http://${publicHost}/drawing.png`,
      { status: 400, code: 'unsupported_image_media_type' },
    ],
    [
      'a moving picture',
      () => `http://${publicHost}/moving.png`,
      { status: 400, code: 'unsupported_image_media_type' },
    ],
    ['nothing', () => `http://${publicHost}/empty.png`, { status: 400, code: 'empty_image_file' }],
    ['a 404', () => `http://${publicHost}/missing.png`, download],
    ['a stream without end', () => `http://${publicHost}/endless`, { status: 400, code: 'image_too_large' }],
    ['ten bytes a second', () => `http://${publicHost}/drip`, download],
    ['silence', () => `http://${publicHost}/silent`, download],
    ['no host', () => 'http://', { status: 400 }],
    [
      'a user and password',
      () => `http://user:pass@${publicHost}/good.png`,
      { status: 400, code: 'invalid_image_url' },
    ],
    ['port 99999', () => `http://${publicHost}:99999/good.png`, { status: 400, code: 'invalid_image_url' }],
  ];
  test.each(cross(creating, addressFaults))('%s with a picture at %s', async (name, _what, url, refusal) => {
    const { path, withPictures } = surfaces[name];
    await expectRefusal(sendJson(path, withPictures([url()])), { ...refusal, param: /image|input/ });
    expect(web.asked).not.toContain('/secret.png');
  });

  /** As it stands, without what `fetch` does to an address. */
  async function raw(method: string, path: string): Promise<Response> {
    const { port } = new URL(app.url);
    const asked = httpRequest({
      port,
      host: '127.0.0.1',
      method,
      path,
      headers: { authorization: `Bearer ${app.apiKey}` },
    }).end();
    const [reply] = (await once(asked, 'response')) as [IncomingMessage];
    const headers = Object.entries(reply.headers).map(([name, value]): [string, string] => [
      name,
      String(value),
    ]);
    return new Response(await readText(reply), { status: reply.statusCode ?? 0, headers });
  }

  const ids = [
    'unknown',
    'video_unknown',
    'job_unknown',
    'job_',
    'video_',
    '%2e%2e%2f%2e%2e%2fetc%2fpasswd',
    '..%2f..%2fetc',
    '..%5c..%5c',
    '%00',
    'job_%00',
    'video_a%00b',
    '%252e%252e',
    '%20',
    '%F0%9F%98%80',
    '%27%20OR%201%3D1%20--',
    '__proto__',
    'constructor',
    '%25',
    'a'.repeat(8_000),
    'video_x%0d%0aSet-Cookie:%20a=b',
  ];
  const undecodable = ['%ff', '%FF%FE', '%zz', '%', 'video_%e2%82', '%c0%ae%c0%ae'];
  const idRoutes: [method: string, path: (id: string) => string, code: string][] = [
    ['GET', (id) => `/v1/videos/${id}`, 'video_not_found'],
    ['DELETE', (id) => `/v1/videos/${id}`, 'video_not_found'],
    ['GET', (id) => `/v1/videos/${id}/content`, 'video_not_found'],
    ['POST', (id) => `/v1/videos/${id}/remix`, 'video_not_found'],
    ['GET', (id) => `/v1/jobs/${id}`, 'job_not_found'],
    ['DELETE', (id) => `/v1/jobs/${id}`, 'job_not_found'],
    ['GET', (id) => `/v1/models/${id}`, 'model_not_found'],
    ['GET', (id) => `/v1/responses/${id}`, 'response_not_found'],
    ['GET', (id) => `/v1/videos/characters/${id}`, 'unknown_url'],
  ];
  test.each(
    idRoutes
      .flatMap(([method, path, code]) =>
        [...ids, ...undecodable].map((id): [string, string, Refusal] => [
          method,
          path(id),
          undecodable.includes(id) ? { status: 400, code: 'invalid_url' } : { status: 404, code },
        ]),
      )
      .map(([method, path, refusal]): [string, string, Refusal, string] => [
        method,
        path.slice(0, 70),
        refusal,
        path,
      ]),
  )('%s %s', async (method, _shown, refusal, path) => {
    await expectRefusal(raw(method, path), refusal);
  });

  test.each([
    ['limit=0', 'limit'],
    ['limit=-1', 'limit'],
    ['limit=1e9', 'limit'],
    ['limit=101', 'limit'],
    ['limit=1.5', 'limit'],
    ['limit=%00', 'limit'],
    ['order=up', 'order'],
    ['after=x', 'after'],
    ['after=video_unknown', 'after'],
    ['after=video_%00', 'after'],
    ['after=%ff', 'after'],
  ])('GET /v1/videos?%s', async (query, param) => {
    await expectRefusal(raw('GET', `/v1/videos?${query}`), { status: 400, param });
  });

  test('POST /v1/images/variations, whatever is sent', async () => {
    const headers = formType;
    await expectRefusal(send('/v1/images/variations', { headers, body: form(file('image', good)) }), {
      status: 404,
    });
    await expectRefusal(send('/v1/images/variations', { headers, body: Buffer.alloc(30_000_000, 1) }), {
      status: 404,
    });
  });

  describe('by hand on the connection:', () => {
    type Raw = { path: string; headers: string[] };
    const open = ({ path, headers }: Raw): Socket => {
      const client = connect(Number(new URL(app.url).port), '127.0.0.1');
      client.on('error', () => undefined);
      const lines = [
        `POST ${path} HTTP/1.1`,
        'host: gw.example',
        `authorization: Bearer ${app.apiKey}`,
        ...headers,
      ];
      client.write(`${lines.join('\r\n')}\r\n\r\n`);
      return client;
    };
    /** What comes until it holds that text or ends. */
    async function readUntil(client: Socket, text: string): Promise<string> {
      let answer = '';
      for await (const piece of client as AsyncIterable<Buffer>) {
        answer += piece.toString();
        if (answer.includes(text)) break;
      }
      return answer;
    }
    const formHeader = `content-type: ${formType['content-type']}`;
    const jsonHeader = 'content-type: application/json';

    test('bodies that stall or come a byte a second are given up, and say so', async () => {
      const waits: Promise<void>[] = [];
      const expectTimeout = async (path: string, client: Socket, withinMs: number) => {
        const startedAt = performance.now();
        const answer = await readUntil(client, '"code":');
        expect([path, performance.now() - startedAt < withinMs + 5_000]).toEqual([path, true]);
        expect(answer).toMatch(/^HTTP\/1\.1 400 [\s\S]*"code":"request_timeout"/);
      };
      for (const path of bodyPaths) {
        const takesForms = formPaths.includes(path);
        for (const header of takesForms ? [jsonHeader, formHeader] : [jsonHeader]) {
          const stalled = open({ path, headers: [header, 'content-length: 1000'] });
          stalled.write(header === jsonHeader ? '{"' : `--${boundary}\r\n`);
          // Ten seconds of silence where files may come, thirty elsewhere.
          waits.push(expectTimeout(path, stalled, takesForms ? 10_000 : 30_000));
          const slow = open({ path, headers: [header, 'transfer-encoding: chunked'] });
          const byte = header === jsonHeader ? '1\r\n \r\n' : '1\r\nx\r\n';
          const timer = setInterval(() => slow.write(byte), 1_000);
          waits.push(expectTimeout(path, slow, 31_000).finally(() => clearInterval(timer)));
        }
      }
      await Promise.all(waits);
    });

    test.each(creating)('%s: a client that leaves in the middle of its body', async (name) => {
      const client = open({ path: surfaces[name].path, headers: [jsonHeader, 'content-length: 100000'] });
      client.write(JSON.stringify(surfaces[name].body()));
      await new Promise((done) => setTimeout(done, 100));
      client.destroy();
    });

    test.each(creating)('%s: a length that is less than what comes', async (name) => {
      const client = open({ path: surfaces[name].path, headers: [jsonHeader, 'content-length: 5'] });
      client.end(JSON.stringify(surfaces[name].body()));
      expect(await readText(client)).toMatch(/^HTTP\/1\.1 400 /); // by Node: the rest is no request
    });

    test('a length of 5 GB is refused before a byte of it', async () => {
      const client = open({
        path: '/v1/videos',
        headers: [formHeader, 'content-length: 5000000000', 'expect: 100-continue'],
      });
      const answer = await readUntil(client, 'request_too_large');
      expect(answer).toMatch(/HTTP\/1\.1 413 [\s\S]*request_too_large/);
    });

    test.each([
      ['a length that is no number', ['content-length: many']],
      ['a negative length', ['content-length: -5']],
      ['two lengths', ['content-length: 5', 'content-length: 6']],
      ['a length and chunks', ['content-length: 5', 'transfer-encoding: chunked']],
    ])('%s never gets to a route', async (_what, headers) => {
      const client = open({ path: '/v1/chat/completions', headers: [jsonHeader, ...headers] });
      client.end('{}');
      expect(await readText(client)).toMatch(/^HTTP\/1\.1 400 /);
    });
  });
});

describe('odd, and taken all the same:', () => {
  const fine: [what: string, path: string, body: () => string | Buffer][] = [
    ['a BOM', '/v1/images/generations', () => `\uFEFF${JSON.stringify(surfaces.generations.body())}`],
    [
      'a field twice: the last counts',
      '/v1/images/generations',
      () => `{"prompt":5,"model":"${imageModel}","prompt":"a"}`,
    ],
    [
      'half a surrogate pair in the prompt',
      '/v1/images/generations',
      () => `{"model":"${imageModel}","prompt":"a \\ud800 b"}`,
    ],
    [
      'NUL in the prompt',
      '/v1/chat/completions',
      () => `{"model":"${imageModel}","messages":[{"role":"user","content":"a \\u0000 b"}]}`,
    ],
    [
      'n = null and size = null',
      '/v1/images/generations',
      () => JSON.stringify({ ...surfaces.generations.body(), n: null, size: null }),
    ],
    ['n = "2"', '/v1/images/generations', () => JSON.stringify({ ...surfaces.generations.body(), n: '2' })],
    [
      'n = -1 in a chat, where it means nothing',
      '/v1/chat/completions',
      () => JSON.stringify({ ...surfaces.chat.body(), n: -1 }),
    ],
    [
      'fields of other names and prototypes',
      '/v1/responses',
      () => `{"model":"${imageModel}","input":"a","__proto__":{"x":1},"constructor":5,"x":${nested(50)}}`,
    ],
  ];
  test.each(fine)('%s on %s', async (_what, path, body) => {
    const response = await send(path, { headers: json, body: body() });
    expect({ status: response.status, body: await response.text() }).toMatchObject({ status: 200 });
  });

  test('JSON without a content type, after 100 Continue', async () => {
    const body = JSON.stringify(surfaces.generations.body());
    const { port } = new URL(app.url);
    const asked = httpRequest({
      port,
      host: '127.0.0.1',
      method: 'POST',
      path: '/v1/images/generations',
      headers: {
        authorization: `Bearer ${app.apiKey}`,
        expect: '100-continue',
        'content-length': body.length,
      },
    });
    asked.flushHeaders();
    await once(asked, 'continue');
    asked.end(body);
    const [reply] = (await once(asked, 'response')) as [IncomingMessage];
    expect(reply.statusCode).toBe(200);
    await readText(reply);
  });

  test.each([20_000, 50_000, 120_000])('a form with a picture, of %i bytes in one piece', async (length) => {
    const filler = part('filler', Buffer.alloc(length, 0x78));
    const body = form(part('prompt', prompt), part('model', imageModel), file('image', good), filler);
    const response = await send('/v1/images/edits', {
      headers: formType,
      body,
    });
    expect({ status: response.status, body: await response.text() }).toMatchObject({ status: 200 });
  });

  test('a picture at a public address', async () => {
    const response = await sendJson(
      '/v1/images/edits',
      surfaces.edits.withPictures([`http://${publicHost}/good.png`]),
    );
    expect(response.status).toBe(200);
    await response.text();
  });
});

describe('after all of it', () => {
  test('every route makes what it is asked for', askGood);

  test('there is room for the largest bodies at once', async () => {
    const body = { ...surfaces.chat.body(), model: 'no-such-model', filler: 'x'.repeat(60_000_000) };
    await Promise.all([1, 2].map(() => expectRefusal(sendJson(surfaces.chat.path, body), { status: 404 })));
  });

  test('memory stays where it is, however often the largest bodies come', async () => {
    const body = JSON.stringify({
      ...surfaces.chat.body(),
      model: 'no-such-model',
      filler: 'x'.repeat(60_000_000),
    });
    const levels: number[] = [];
    for (let round = 0; round < 12; round += 1) {
      await expectRefusal(sendJson(surfaces.chat.path, body), { status: 404 });
      levels.push(residentBytes() - idleBytes);
    }
    const [early, late] = [levels.slice(0, 6), levels.slice(6)].map((half) => Math.max(...half));
    console.info(`memory above idle: ${levels.map((level) => Math.round(level / 1e6))} MB`);
    // A body that stayed would be 60 MB each time.
    expect((late ?? 0) - (early ?? 0)).toBeLessThan(maxGrowthBytes);
    expect(late).toBeLessThan(highestBytes);
  });
});
