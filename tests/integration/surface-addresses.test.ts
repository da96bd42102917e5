import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as health from '@/app/health/[...path]/route';
import * as alive from '@/app/health/route';
import * as media from '@/app/media/[...key]/route';
import * as mediaRoot from '@/app/media/route';
import * as unknown from '@/app/v1/[...path]/route';
import * as chat from '@/app/v1/chat/completions/route';
import * as job from '@/app/v1/jobs/[id]/route';
import * as model from '@/app/v1/models/[id]/route';
import * as models from '@/app/v1/models/route';
import * as root from '@/app/v1/route';
import * as beta from '@/app/v1beta/[...path]/route';
import * as betaRoot from '@/app/v1beta/route';
import * as vertex from '@/app/v1beta1/[...path]/route';
import * as vertexRoot from '@/app/v1beta1/route';
import { startTestProgram, type TestProgram } from '../support/test-runtime';
import { call } from './surface-client';

let program: TestProgram;
beforeAll(async () => {
  program = await startTestProgram({ services: false });
  program.makeGlobal();
});
afterAll(() => program.stop());

type Handler = Parameters<typeof call>[0];
/** The handler that Next would take; HEAD falls back to GET. */
const handlerOf = (route: object, method: string): Handler => {
  const handlers = route as Record<string, Handler | undefined>;
  const handler = handlers[method] ?? (method === 'HEAD' ? handlers.GET : undefined);
  if (handler === undefined) throw new Error(`the route has no ${method}`);
  return handler;
};
const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];

describe('an address that there is not', () => {
  test.each(methods)('is a JSON 404 for %s', async (method) => {
    for (const route of [unknown, root, beta, betaRoot, vertex, vertexRoot, mediaRoot, health]) {
      const response = await call(handlerOf(route, method), '/v1/embeddings', { method });
      expect(response.status).toBe(404);
      expect(response.headers.get('content-type')).toBe('application/json');
      expect(response.headers.get('access-control-allow-origin')).toBe('*');
      expect(response.headers.get('x-request-id')).toMatch(/^req_/);
    }
  });

  test('says its code', async () => {
    const response = await call(unknown.POST, '/v1/embeddings', { method: 'POST' });
    expect(await response.json()).toMatchObject({
      error: {
        type: 'invalid_request_error',
        code: 'unknown_url',
        message: expect.stringContaining('POST /v1/embeddings'),
      },
    });
  });
});

describe.each([
  ['/v1/models', models, ['GET', 'HEAD']],
  ['/v1/models/x', model, ['GET', 'HEAD']],
  ['/v1/chat/completions', chat, ['POST']],
  ['/v1/jobs/job_1', job, ['GET', 'HEAD', 'DELETE']],
  ['/media/x.png', media, ['GET', 'HEAD']],
  ['/health', alive, ['GET', 'HEAD']],
])('%s', (path, route, allowed) => {
  const wrong = methods.filter((method) => !allowed.includes(method));

  test.each(wrong)('refuses %s with JSON and the methods it takes', async (method) => {
    const response = await call(handlerOf(route, method), path, { method });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe([...allowed, 'OPTIONS'].join(', '));
    expect(await response.json()).toMatchObject({ error: { code: 'method_not_allowed' } });
  });

  test('answers a preflight without a key, with the headers asked for', async () => {
    const asked = 'authorization,content-type,x-stainless-retry-count';
    const response = await call(handlerOf(route, 'OPTIONS'), path, {
      method: 'OPTIONS',
      headers: { 'access-control-request-headers': asked, origin: 'https://app.example' },
    });
    expect(response.status).toBe(204);
    expect(response.headers.get('x-request-id')).toMatch(/^req_[0-9a-f]{32}$/);
    expect(response.headers.get('access-control-allow-headers')).toBe(asked);
    expect(response.headers.get('access-control-allow-methods')).toContain('POST');
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
  });
});
