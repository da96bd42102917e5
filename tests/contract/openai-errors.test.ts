import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { createConnection } from 'node:net';
import { json, text } from 'node:stream/consumers';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RunningApp, startRunningApp } from '../support/running-app';

let app: RunningApp;
beforeAll(async () => {
  app = await startRunningApp();
});
afterAll(() => app?.stop());

const connect = (apiKey = app.apiKey) => new OpenAI({ apiKey, baseURL: `${app.url}/v1`, maxRetries: 0 });
const messages = [{ role: 'user' as const, content: 'a lighthouse' }];
const failureOf = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('models', () => {
  test('are listed', async () => {
    const ids: string[] = [];
    for await (const model of connect().models.list()) ids.push(model.id);
    expect(ids).toEqual(expect.arrayContaining(['gemini-3.1-flash-image', 'veo-3.1-fast', 'gpt-image-1']));
  });

  test('are given one by one, with a request id', async () => {
    const model = await connect().models.retrieve('veo-3.1-fast');
    expect(model).toMatchObject({ id: 'veo-3.1-fast', object: 'model' });
    expect(model._request_id).toMatch(/^req_/);
  });

  test('that are unknown are a NotFoundError, also with signs that an address escapes', async () => {
    const failure = await failureOf(connect().models.retrieve('google/veo 3'));
    expect(failure).toBeInstanceOf(OpenAI.NotFoundError);
    expect(failure).toMatchObject({
      code: 'model_not_found',
      param: 'model',
      requestID: expect.stringMatching(/^req_/),
    });
  });
});

describe('failures have the class, code and field that the client knows', () => {
  test('a wrong key', async () => {
    const failure = await failureOf(connect('sk-wrong').models.list());
    expect(failure).toBeInstanceOf(OpenAI.AuthenticationError);
    expect(failure).toMatchObject({ status: 401, code: 'invalid_api_key' });
  });

  test('an unknown model in a stream, before the stream begins', async () => {
    const failure = await failureOf(
      connect().chat.completions.create({ model: 'no-such-model', messages, stream: true }),
    );
    expect(failure).toBeInstanceOf(OpenAI.NotFoundError);
    expect(failure).toMatchObject({ code: 'model_not_found', param: 'model' });
  });

  test('no messages', async () => {
    const failure = await failureOf(
      connect().chat.completions.create({ model: 'veo-3.1-fast', messages: [] }),
    );
    expect(failure).toBeInstanceOf(OpenAI.BadRequestError);
    expect(failure).toMatchObject({ param: 'messages' });
  });

  test('no account', async () => {
    const failure = await failureOf(connect().chat.completions.create({ model: 'veo-3.1-fast', messages }));
    expect(failure).toBeInstanceOf(OpenAI.InternalServerError);
    expect(failure).toMatchObject({ status: 503, code: 'no_account_available' });
  });

  test('an address that there is not', async () => {
    const failure = await failureOf(connect().embeddings.create({ model: 'x', input: 'y' }));
    expect(failure).toBeInstanceOf(OpenAI.NotFoundError);
    expect(failure).toMatchObject({ code: 'unknown_url', type: 'invalid_request_error' });
  });
});

describe('what a browser needs', () => {
  test('a preflight is answered by the running program, not by its framework', async () => {
    const response = await fetch(`${app.url}/v1/chat/completions`, {
      method: 'OPTIONS',
      headers: {
        origin: 'https://app.example',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,x-stainless-os',
      },
    });
    expect(response.status).toBe(204);
    expect(response.headers.get('access-control-allow-headers')).toBe('authorization,x-stainless-os');
  });

  test.each([
    ['DELETE', '/v1/chat/completions', 405],
    ['GET', '/v1/nonsense/deep', 404],
    ['GET', '/v1', 404],
    ['GET', '/media/nonsense.png', 404],
    ['GET', '/v1/models', 401],
    ['GET', '/v1/models/%FF', 400],
    ['POST', '/v1/chat/%zz', 400],
    ['GET', '/media/%FF', 400],
    ['GET', '/media', 404],
    ['GET', '/media/', 404],
    ['GET', '/v1beta', 404],
    ['POST', '/v1beta/models/veo:generate', 404],
    ['GET', '/v1beta1/projects', 404],
    ['GET', '/health/nix', 404],
    ['POST', '/health', 405],
    ['DELETE', '/health/ready', 405],
    ['PROPFIND', '/v1/models', 405],
    ['QUERY', '/v1/models', 405],
    ['PURGE', '/media/x.png', 405],
  ])('%s %s is JSON with any origin allowed', async (method, path, status) => {
    const response = await fetch(`${app.url}${path}`, { method });
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toContain('application/json');
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    expect(response.headers.get('x-request-id')).toMatch(/^req_/);
    expect(await response.json()).toMatchObject({ error: { message: expect.any(String) } });
  });

  test('TRACE, which no client library sends, is JSON as well', async () => {
    const { port } = new URL(app.url);
    const [response] = (await once(
      request({ port, host: '127.0.0.1', method: 'TRACE', path: '/v1/models' }).end(),
      'response',
    )) as [IncomingMessage];
    expect(response.statusCode).toBe(405);
    expect(await json(response)).toMatchObject({ error: { code: 'method_not_allowed' } });
  });

  test('a body of unknown length that is too large is answered, and its sender is not left hanging', async () => {
    const client = createConnection(Number(new URL(app.url).port), '127.0.0.1');
    client.write(
      [
        'POST /v1/chat/completions HTTP/1.1',
        'host: gw.example',
        `authorization: Bearer ${app.apiKey}`,
        'content-type: application/json',
        'transfer-encoding: chunked',
        '\r\n',
      ].join('\r\n'),
    );
    // Sends all of it before it looks at the answer, as simple clients do.
    const piece = Buffer.concat([
      Buffer.from('100000\r\n'),
      Buffer.alloc(1024 * 1024, 'x'),
      Buffer.from('\r\n'),
    ]);
    for (let count = 0; count < 90; count += 1) {
      if (!client.write(piece)) await once(client, 'drain');
    }
    client.end('0\r\n\r\n');
    expect(await text(client)).toMatch(/^HTTP\/1\.1 413 [\s\S]*request_too_large/);
  });

  test('a body of 20 MB arrives whole', async () => {
    const image = `data:image/png;base64,${'A'.repeat(20_000_000)}`;
    const response = await fetch(`${app.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${app.apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'no-such-model', messages, image }),
    });
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ error: { code: 'model_not_found' } });
  });
});
