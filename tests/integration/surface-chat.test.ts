import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { GET as getMedia } from '@/app/media/[...key]/route';
import { POST as chat } from '@/app/v1/chat/completions/route';
import { GET as getJob } from '@/app/v1/jobs/[id]/route';
import { countCalls } from '../simulator/stats';
import { dataUrl, picture } from '../support/pictures';
import { startTestProgram, type TestProgram, type TestProgramOptions, until } from '../support/test-runtime';
import { type Asked, call, contentOf, logRow, readEvents, reasoningOf } from './surface-client';

let program: TestProgram;
afterEach(() => program.stop());

const path = '/v1/chat/completions';
const start = async (options?: TestProgramOptions, accounts = 1) => {
  program = await startTestProgram(options);
  program.makeGlobal();
  for (let count = 0; count < accounts; count += 1) await program.addAccount();
  return program;
};
const ask = (body: object, more: Asked = {}) =>
  call(chat, path, {
    method: 'POST',
    key: program.apiKey.value,
    body: { model: 'gemini-3.1-flash-image', messages: [{ role: 'user', content: 'a lighthouse' }], ...body },
    ...more,
  });
type Completion = {
  choices: {
    message: { content: string; reasoning_content?: string; images?: { image_url: { url: string } }[] };
  }[];
};
const uploads = () => countCalls(program.simulator.stats(), 'uploadImage');
const fetchMedia = (address: string) =>
  call(getMedia, new URL(address).pathname, { params: { key: [address.split('/').at(-1) ?? ''] } });

describe('a stream', () => {
  test('ends in a picture whose address works without a key', async () => {
    await start();
    const response = await ask({ stream: true });
    expect(response.status).toBe(200);
    const events = await readEvents(response);
    const address = /^!\[Generated Image\]\((http:\/\/gw\.example\/media\/[a-z0-9]{26,}\.png)\)$/.exec(
      contentOf(events),
    )?.[1];
    expect(address).toBeDefined();
    expect(events.at(-1)).toBe('[DONE]');
    const file = await fetchMedia(address ?? '');
    expect(file.status).toBe(200);
    expect(file.headers.get('content-type')).toBe('image/png');
  });

  test('of a video tells its steps and ends in a video element', async () => {
    await start();
    const events = await readEvents(await ask({ stream: true, model: 'veo_3_1_t2v_fast_landscape' }));
    expect(contentOf(events)).toMatch(
      /^<video src='http:\/\/gw\.example\/media\/[a-z0-9]{26,}\.mp4' controls/,
    );
    const told = reasoningOf(events);
    expect(told).toContain('Generating the video.');
    expect(told.endsWith('\n')).toBe(true);
  });

  test('has one row in the request log, with job, model and key', async () => {
    await start();
    const response = await ask({ stream: true }, { headers: { 'user-agent': 'test-client' } });
    await response.text();
    expect(await logRow(program, path)).toMatchObject({
      requestId: response.headers.get('x-request-id'),
      method: 'POST',
      status: 200,
      apiKeyId: program.apiKey.id,
      jobId: expect.stringMatching(/^job_/),
      model: 'gemini-3.1-flash-image',
      errorCode: null,
      userAgent: 'test-client',
    });
  });

  test('of a refused prompt ends in an error event, and the log knows it', async () => {
    await start();
    const response = await ask({ stream: true, messages: [{ role: 'user', content: 'unsafe-prompt' }] });
    const events = await readEvents(response);
    expect(events.at(-2)).toMatchObject({
      error: { type: 'invalid_request_error', code: 'content_policy_violation' },
    });
    expect(events.at(-1)).toBe('[DONE]');
    expect(contentOf(events)).toContain('Generation failed');
    expect(await logRow(program, path)).toMatchObject({ status: 200, errorCode: 'content_refused' });
  });

  test('that its client leaves is logged as 499, and the job goes on to its end', async () => {
    await start({ simulator: { videoDurationMs: 600 } });
    const client = new AbortController();
    const response = await ask(
      { stream: true, model: 'veo_3_1_t2v_fast_landscape' },
      { signal: client.signal },
    );
    const reader = response.body?.getReader();
    await reader?.read();
    client.abort();
    await reader?.cancel().catch(() => undefined);
    const row = await logRow(program, path);
    expect(row).toMatchObject({ status: 499, errorCode: null });
    const job = await until(async () => {
      const found = await call(getJob, `/v1/jobs/${row.jobId}`, {
        key: program.apiKey.value,
        params: { id: row.jobId ?? '' },
      });
      const body = (await found.json()) as { state: string; media: { url: string }[] };
      return body.state === 'completed' ? body : undefined;
    });
    expect(job.media[0]?.url).toMatch(/^http:\/\/gw\.example\/media\/.+\.mp4$/);
  });
});

describe('an answer in one piece', () => {
  test('holds the picture', async () => {
    await start();
    const response = await ask({});
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(await response.json()).toMatchObject({
      object: 'chat.completion',
      model: 'gemini-3.1-flash-image',
      choices: [
        {
          message: {
            role: 'assistant',
            content: expect.stringContaining('![Generated Image](http://gw.example/media/'),
          },
          finish_reason: 'stop',
        },
      ],
      usage: { total_tokens: expect.any(Number) },
    });
  });

  test('holds the bytes of the picture where the client asks for that', async () => {
    await start();
    const response = await ask({ modalities: ['image', 'text'] });
    const body = (await response.json()) as {
      choices: { message: { content: string; images: { image_url: { url: string } }[] } }[];
    };
    const { content, images } = body.choices[0]?.message ?? { content: '', images: [] };
    expect(content).not.toContain('/media/');
    const bytes = Buffer.from(images[0]?.image_url.url.split(',')[1] ?? '', 'base64');
    expect(images[0]?.image_url.url).toMatch(/^data:image\/png;base64,/);
    expect(bytes.subarray(1, 4).toString()).toBe('PNG');
  });

  test('holds them also where pictures are not stored here', async () => {
    await start({ settings: { 'cache.enabled': false } });
    const { choices } = (await (await ask({ modalities: ['image'] })).json()) as Completion;
    expect(choices[0]?.message.images?.[0]?.image_url.url).toMatch(/^data:image\/(?:png|jpeg);base64,/);
  });

  test('of a refused prompt is a 400', async () => {
    await start();
    const response = await ask({ messages: [{ role: 'user', content: 'unsafe-prompt' }] });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { code: 'content_policy_violation' } });
  });

  test('that takes long is a 200 with blanks before the JSON', async () => {
    await start({
      simulator: { videoDurationMs: 2_500 },
      settings: { 'chat.wait_before_headers': 1, 'chat.keep_alive': 1 },
    });
    const response = await ask({ model: 'veo_3_1_t2v_fast_landscape' });
    const text = await response.text();
    expect(text).toMatch(/^ {2,}\{/);
    expect(JSON.parse(text)).toMatchObject({
      choices: [{ message: { content: expect.stringContaining('.mp4') } }],
    });
    expect(await logRow(program, path)).toMatchObject({ status: 200 });
  });
});

describe('pictures of a request', () => {
  const uploads = () =>
    program.simulator
      .stats()
      .calls.filter(({ call: name }) => name === 'uploadImage')
      .reduce((sum, { count }) => sum + count, 0);

  test('reach upstream', async () => {
    await start();
    const image = { type: 'image_url', image_url: { url: dataUrl(await picture()) } };
    const response = await ask({
      messages: [{ role: 'user', content: [{ type: 'text', text: 'make it blue' }, image] }],
    });
    expect(response.status).toBe(200);
    expect(uploads()).toBe(1);
  });

  test.each([
    ['is the reference of the next message', true, 1],
    ['is none when that is switched off', false, 0],
  ])('the picture of the last answer %s', async (_rule, isOn, expected) => {
    await start({ settings: { 'chat.auto_reference': isOn } });
    const first = (await (await ask({})).json()) as { choices: { message: { content: string } }[] };
    const messages = [
      { role: 'user', content: 'a lighthouse' },
      { role: 'assistant', content: first.choices[0]?.message.content },
      { role: 'user', content: 'make it blue' },
    ];
    expect((await ask({ messages })).status).toBe(200);
    expect(uploads()).toBe(expected);
  });
});

test('a large request waits until there is room for it, and gives it back', async () => {
  await start({ services: false }, 0);
  const { bodyBudget } = program.runtime;
  const other = bodyBudget.open(new AbortController().signal);
  await other.take(Number.MAX_SAFE_INTEGER);
  const filledBytes = bodyBudget.takenBytes;
  let isAnswered = false;
  const answer = ask({ model: 'no-such-model', padding: 'x'.repeat(100_000) }).then((response) => {
    isAnswered = true;
    return response;
  });
  expect((await ask({ model: 'no-such-model' })).status).toBe(404); // a small one passes meanwhile
  expect(isAnswered).toBe(false);
  expect(bodyBudget.takenBytes).toBe(filledBytes);
  other.release();
  expect((await answer).status).toBe(404);
  expect(bodyBudget.takenBytes).toBe(0);
});

describe('what can be refused is refused with its status, before a stream begins', () => {
  test.each([
    ['an unknown model', { model: 'no-such-model' }, 404, 'model_not_found', 'model'],
    ['no messages', { messages: [] }, 400, null, 'messages'],
    ['no prompt', { messages: [{ role: 'user', content: '' }] }, 400, null, 'messages'],
  ])('%s', async (_what, body, status, code, param) => {
    await start({ services: false }, 0);
    const response = await ask({ stream: true, ...body });
    expect(response.status).toBe(status);
    expect(response.headers.get('x-request-id')).toMatch(/^req_[0-9a-f]{32}$/);
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    expect(await response.json()).toEqual({
      error: { message: expect.any(String), type: 'invalid_request_error', param, code },
    });
  });

  test('a request for which there is no account', async () => {
    await start({ services: false }, 0);
    const response = await ask({ stream: true });
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ error: { code: 'no_account_available' } });
    expect(await logRow(program, path)).toMatchObject({ status: 503, errorCode: 'no_account_available' });
  });

  test('a picture that cannot be used, by its place in the request', async () => {
    await start({ services: false });
    const content = [
      { type: 'text', text: 'make it blue' },
      { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
    ];
    const response = await ask({ messages: [{ role: 'user', content }] });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { param: 'messages.0.content.1.image_url' } });
  });

  test('a request while the process ends', async () => {
    await start({ services: false }, 0);
    // The last thing registered is closed first, so the rest stays open until this lets go.
    let letGo = () => {};
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    program.runtime.life.onShutdown('test', () => held);
    const drained = program.runtime.life.drain('test');
    const response = await ask({ stream: true });
    letGo();
    await drained;
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toMatch(/^\d+$/);
  });

  test.each([
    ['no key', {}],
    ['a wrong key', { authorization: 'Bearer sk-wrong' }],
  ])('%s, whatever the body says', async (_what, headers) => {
    await start({ services: false }, 0);
    const response = await call(chat, path, { method: 'POST', body: { nonsense: true }, headers });
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({
      error: { type: 'invalid_request_error', code: 'invalid_api_key' },
    });
    await program.runtime.requestLog.flush();
    expect(await program.runtime.db.select().from(program.runtime.db.tables.requestLogs)).toEqual([]);
  });
});

test('a video of the predecessor cannot be gone on from, and the error says why', async () => {
  await start();
  const content = [
    { type: 'text', text: 'go on' },
    { type: 'image_url', image_url: { url: `extend://http://0.0.0.0:8000/tmp/${'d4'.repeat(16)}.mp4` } },
  ];
  const response = await ask({ model: 'veo_3_1_extend', messages: [{ role: 'user', content }] });
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({
    error: { param: 'video', message: expect.stringContaining('Only videos that this gateway made') },
  });
});

test('a video to go on from that no database could name is unknown like any other', async () => {
  await start({ dialect: 'postgres', services: false });
  const content = [
    { type: 'text', text: 'go on' },
    { type: 'image_url', image_url: { url: 'extend://a\0b' } },
  ];
  const response = await ask({
    model: 'veo_3_1_extend_fast_landscape',
    messages: [{ role: 'user', content }],
  });
  expect(response.status).toBe(400);
  expect(((await response.json()) as { error: { message: string } }).error.message).toContain('is not known');
});

describe('the picture that a conversation ends with', () => {
  const following = (...answers: object[]) => ({
    messages: [
      { role: 'user', content: 'a cat' },
      ...answers.map((answer) => ({ role: 'assistant', ...answer })),
      { role: 'user', content: 'bluer' },
    ],
  });
  const noteOf = async (body: object) => {
    const whole = (await (await ask(body)).json()) as Completion;
    const streamed = reasoningOf(await readEvents(await ask({ ...body, stream: true })));
    const note = whole.choices[0]?.message.reasoning_content;
    if (note !== undefined) expect(streamed).toContain(`${note}\n`);
    else expect(streamed).not.toContain('earlier picture');
    return note;
  };

  test('is gone on from when it stands beside the text, as we gave it', async () => {
    await start();
    const first = (await (await ask({ modalities: ['image', 'text'] })).json()) as Completion;
    expect((await ask(following(first.choices[0]?.message ?? {}))).status).toBe(200);
    expect(uploads()).toBe(1);
  });

  test('is recognised as ours below a path, by any name of the gateway', async () => {
    await start({ settings: { 'cache.base_url': 'http://gw.example/flow' } });
    const first = (await (await ask({})).json()) as Completion;
    const { content } = first.choices[0]?.message ?? { content: '' };
    expect(content).toContain('http://gw.example/flow/media/');
    expect(
      await noteOf(following({ content: content.replace('gw.example', 'localhost:8000') })),
    ).toBeUndefined();
    expect(uploads()).toBeGreaterThan(0);
  });

  test.each([
    ['0.0.0.0:8000', 'its default address'],
    ['localhost:8000', 'loopback'],
    ['gw.example/flow', 'its public address'],
  ])('is read from the files of the predecessor, as it handed them out: %s, %s', async (host) => {
    await start();
    const name = `${'d4'.repeat(16)}.jpg`;
    const old = { content: `![Generated Image](http://${host}/tmp/${name})` };
    expect(await noteOf(following(old))).toBe(
      'The earlier picture is no longer kept; this is made from the text alone.',
    );
    const folder = join(program.runtime.env.dataDir, 'tmp');
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, name), await picture());
    expect((await ask(following(old))).status).toBe(200);
    expect(uploads()).toBe(1);
    await program.runtime.settings.update({ 'compatibility.enabled': false });
    expect(await noteOf(following(old))).toBe(
      'The earlier picture could not be loaded; this is made from the text alone.',
    );
  });

  test('is said to be gone where it is', async () => {
    await start();
    const gone = { content: `![a](http://gw.example/media/${'a'.repeat(26)}.png)` };
    expect(await noteOf(following(gone))).toBe(
      'The earlier picture is no longer kept; this is made from the text alone.',
    );
    expect(await noteOf(following({ content: `![a](${dataUrl(await picture())})` }, gone))).toBe(
      'The earlier picture is no longer kept; this is made from an older one.',
    );
    expect(await noteOf(following({ content: '![a](http://127.0.0.1:1/a.png)' }))).toBe(
      'The earlier picture could not be loaded; this is made from the text alone.',
    );
    expect(await noteOf({})).toBeUndefined();
  });
});
