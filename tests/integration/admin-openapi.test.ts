import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { GET as readDocument } from '@/app/api/v1/admin/openapi.json/route';
import { type AnyContract, fillPath, matchPath } from '@/lib/admin-api/contract';
import { contracts, isContract } from '@/lib/admin-api/contracts';
import { refuseMethod } from '@/lib/route/admin-route';
import { startTestProgram, type TestProgram } from '../support/test-runtime';
import { call, origin, signedIn } from './admin-console';

type Handler = (request: Request) => Promise<Response>;

const routes = import.meta.glob<Record<string, Handler>>('../../app/api/v1/admin/**/route.ts', {
  eager: true,
});
const modules = import.meta.glob<Record<string, unknown>>(
  ['../../lib/admin-api/*.ts', '!**/*.test.ts', '!**/contracts.ts'],
  { eager: true },
);

const methods = ['GET', 'POST', 'PATCH', 'PUT', 'DELETE'];

const nameOf = ({ method, path }: AnyContract) => `${method} ${path}`;

/** What every address below `app/api/v1/admin` answers, by method: `GET /api/v1/admin/sessions/{id}`. */
const answers = Object.entries(routes).flatMap(([file, module]) => {
  const path = join(
    '/',
    file
      .replace('../../app', '')
      .replace('/route.ts', '')
      .replace(/\[(\w+)\]/g, '{$1}'),
  );
  return Object.entries(module)
    .filter(([method]) => methods.includes(method))
    .map(([method, handler]) => [`${method} ${path}`, handler] as const);
});

const isRefusal = (handler: Handler) => handler.name === refuseMethod().name;
const handlers = new Map(answers.filter(([, handler]) => !isRefusal(handler)));
const open = new Set(contracts.flatMap(({ contract }) => (contract.isOpen ? [nameOf(contract)] : [])));

let program: TestProgram;
let cookie: string;

beforeAll(async () => {
  program = await startTestProgram({ services: false });
  program.makeGlobal();
  cookie = await signedIn(program.runtime);
});
afterAll(() => program.stop());

test('every route has a contract, and every contract a route', () => {
  expect([...handlers.keys()].toSorted()).toEqual(
    contracts.map(({ contract }) => nameOf(contract)).toSorted(),
  );
});

test('every contract is in the table of contracts', () => {
  const defined = Object.values(modules).flatMap((module) => Object.values(module).filter(isContract));
  expect(contracts.map(({ contract }) => nameOf(contract)).toSorted()).toEqual(
    defined.map(nameOf).toSorted(),
  );
});

test('no two contracts have the same name', () => {
  const names = contracts.map(({ name }) => name);
  expect(names).toEqual([...new Set(names)]);
});

describe.each([...handlers].filter(([name]) => !open.has(name)))('%s', (name, handler) => {
  const [method = '', path = ''] = name.split(' ');
  const address = path.replace(/\{\w+\}/g, 'x');

  test('is refused without a sign-in', async () => {
    const { status, json } = await call(handler, method, address);
    expect(status).toBe(401);
    expect(json.error.code).toBe('sign_in_required');
  });
});

test('every address answers every method, and says which ones it takes', async () => {
  for (const path of new Set([...handlers.keys()].map((name) => name.split(' ')[1] ?? ''))) {
    for (const method of methods) {
      const found = answers.find(([name]) => name === `${method} ${path}`)?.[1];
      expect(found, `${method} ${path}`).toBeDefined();
      if (found === undefined || !isRefusal(found)) continue;
      const response = await found(new Request(`http://localhost${path}`, { method }));
      expect(response.status).toBe(405);
      const taken = response.headers.get('allow')?.split(', ') ?? [];
      expect(methods.filter((other) => handlers.has(`${other} ${path}`)).toSorted()).toEqual(
        taken.filter((other) => methods.includes(other)).toSorted(),
      );
    }
  }
});

describe.each([...handlers].filter(([name]) => !name.startsWith('GET ')))('%s', (name, handler) => {
  const [method = '', path = ''] = name.split(' ');
  const address = path.replace(/\{\w+\}/g, 'x');

  test('is refused to another site', async () => {
    const headers = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' };
    const { status, json } = await call(handler, method, address, { cookie, headers });
    expect(status).toBe(403);
    expect(json.error.code).toBe('cross_site_request');
  });
});

test('the document needs a sign-in and names every endpoint', async () => {
  const path = '/api/v1/admin/openapi.json';
  expect((await call(readDocument, 'GET', path)).status).toBe(401);
  const { json } = await call(readDocument, 'GET', path, { cookie });
  expect(json.openapi).toBe('3.1.0');
  const listed = Object.entries(json.paths).flatMap(([address, item]) =>
    Object.keys(item as object).map((method) => `${method.toUpperCase()} ${address}`),
  );
  expect(listed.toSorted()).toEqual([...handlers.keys()].toSorted());
});

test('the document says what an endpoint takes and gives', async () => {
  const { json } = await call(readDocument, 'GET', '/api/v1/admin/openapi.json', { cookie });
  const { get, patch } = json.paths['/api/v1/admin/settings'];
  expect(patch.requestBody.content['application/json'].schema).toMatchObject({
    type: 'object',
    required: ['changes'],
    properties: { changes: { type: 'array', minItems: 1 } },
  });
  expect(get.responses[200].content['application/json'].schema.properties.items.items.required).toContain(
    'version',
  );
  expect(json.paths['/api/v1/admin/sessions/{id}'].delete.parameters).toEqual([
    { name: 'id', in: 'path', required: true, schema: { type: 'string' } },
  ]);
  expect(json.paths['/api/v1/admin/audit'].get.parameters).toContainEqual(
    expect.objectContaining({ name: 'cursor', in: 'query', required: false }),
  );
});

const documentPath = '/api/v1/admin/openapi.json';

test('the document is one of OpenAPI 3.1: names, parameters and answers are as it asks', async () => {
  const { json } = await call(readDocument, 'GET', documentPath, { cookie });
  expect(json.info).toMatchObject({ title: expect.any(String), version: expect.any(String) });
  const follow = (part: { $ref?: string }) =>
    part.$ref === undefined
      ? part
      : part.$ref
          .slice(2)
          .split('/')
          .reduce((inside, key) => inside?.[key], json);
  const ids: string[] = [];
  const tags = json.tags.map(({ name }: { name: string }) => name);
  // biome-ignore lint/suspicious/noExplicitAny: a document of many shapes
  for (const [path, item] of Object.entries<Record<string, any>>(json.paths)) {
    for (const operation of Object.values(item)) {
      ids.push(operation.operationId);
      expect(tags).toEqual(expect.arrayContaining(operation.tags));
      const parameters = (operation.parameters ?? []).map(follow);
      for (const { name, in: place, required, schema } of parameters) {
        expect({ name, place, required, schema }, path).toEqual({
          name: expect.stringMatching(/^[A-Za-z][\w-]*$/),
          place: expect.stringMatching(/^(?:path|query|header)$/),
          required: place === 'path' ? true : expect.any(Boolean),
          schema: expect.any(Object),
        });
      }
      const inPath = parameters.filter((part: { in: string }) => part.in === 'path');
      expect(inPath.map(({ name }: { name: string }) => `{${name}}`)).toEqual(path.match(/\{\w+\}/g) ?? []);
      for (const [status, given] of Object.entries<{ $ref?: string }>(operation.responses)) {
        expect(status).toMatch(/^(?:[1-5]\d\d|default)$/);
        const { description, headers } = follow(given);
        expect(description).toEqual(expect.any(String));
        for (const one of Object.values<{ $ref?: string }>(headers)) expect(follow(one).schema).toBeDefined();
      }
    }
  }
  expect(ids.toSorted()).toEqual([...new Set(ids)].toSorted());
});

test('the document names what each endpoint may refuse, and its headers', async () => {
  const { json } = await call(readDocument, 'GET', documentPath, { cookie });
  const answersOf = (method: string, path: string) =>
    Object.keys(json.paths[`/api/v1/admin/${path}`][method].responses);
  expect(answersOf('get', 'accounts')).toEqual(['200', '304', '400', '401', '403', 'default']);
  expect(answersOf('patch', 'accounts/{id}')).toEqual(
    ['200', '400', '401', '403', '404', '409', '413', '415', 'default'], // in the order of numbers
  );
  expect(answersOf('post', 'accounts')).toContain('502');
  expect(answersOf('post', 'sign-in')).toEqual([
    '200',
    '303',
    '400',
    '401',
    '403',
    '413',
    '415',
    '429',
    'default',
  ]);
  expect(answersOf('get', 'jobs/{id}')).toEqual(['200', '400', '401', '403', '404', 'default']);
  expect(answersOf('get', 'administrator')).toEqual(['200', '304', '400', '401', 'default']);
  expect(json.components.responses.Error429.headers['Retry-After']).toBeDefined();
  const { patch, get } = json.paths['/api/v1/admin/accounts/{id}'];
  expect(patch.parameters).toContainEqual({ $ref: '#/components/parameters/IfMatch' });
  expect(get.parameters).toContainEqual({ $ref: '#/components/parameters/IfNoneMatch' });
  expect(Object.keys(get.responses[200].headers)).toContain('ETag');
  expect(Object.keys(patch.responses[200].headers)).not.toContain('ETag');
});

test('the document says that a sign-in takes a form too, is answered by a redirect then, and sets a cookie', async () => {
  const { json } = await call(readDocument, 'GET', documentPath, { cookie });
  const form = 'application/x-www-form-urlencoded';
  for (const name of ['sign-in', 'set-up']) {
    const { requestBody, responses } = json.paths[`/api/v1/admin/${name}`].post;
    expect(requestBody.content[form].schema).toEqual(requestBody.content['application/json'].schema);
    expect(Object.keys(responses[200].headers)).toContain('Set-Cookie');
    const redirect = responses[303].$ref.split('/').at(-1);
    expect(Object.keys(json.components.responses[redirect].headers)).toEqual(
      expect.arrayContaining(['Location', 'Set-Cookie']),
    );
  }
  const { requestBody, responses } = json.paths['/api/v1/admin/accounts'].post;
  expect(Object.keys(requestBody.content)).toEqual(['application/json']);
  expect(responses[303]).toBeUndefined();
});

test('a NUL in the query is refused as the document says, also where the query has no fields', async () => {
  const { status } = await call(readDocument, 'GET', `${documentPath}?x=%00`, { cookie });
  expect(status).toBe(400);
});

test('what the document says of tags is so: every GET with parameters for it has one, the others have none', async () => {
  const { json } = await call(readDocument, 'GET', documentPath, { cookie });
  const plain = [...handlers].filter(([name]) => name.startsWith('GET ') && !name.includes('{'));
  let tagged = 0;
  for (const [name, handler] of plain) {
    const path = name.slice('GET '.length);
    const needed = path.endsWith('/samples') ? '?name=queued' : '';
    const { get } = json.paths[path];
    const response = await handler(
      new Request(`${origin}${path}${needed}`, { headers: { cookie, host: new URL(origin).host } }),
    );
    await response.body?.cancel();
    if (response.status !== 200) continue;
    const says = JSON.stringify(get.parameters ?? []).includes('IfNoneMatch');
    expect(response.headers.get('etag') !== null, path).toBe(says);
    expect(304 in get.responses, path).toBe(says);
    tagged += says ? 1 : 0;
  }
  expect(tagged).toBeGreaterThan(10);
});

test('every reference inside the document leads somewhere', async () => {
  const { json, text } = await call(readDocument, 'GET', '/api/v1/admin/openapi.json', { cookie });
  const references = [...text.matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, path = '']) => path);
  expect(references.length).toBeGreaterThan(0);
  for (const path of references) {
    const found = path.split('/').reduce((inside, key) => inside?.[key], json);
    expect(found, path).toBeDefined();
  }
});

test.each([
  ['an id', '/api/v1/admin/sessions/abc', { id: 'abc' }],
  ['an encoded slash', '/api/v1/admin/sessions/a%2Fb', { id: 'a/b' }],
  ['nothing where an id belongs', '/api/v1/admin/sessions/', undefined],
  ['a longer address', '/api/v1/admin/sessions/a/b', undefined],
  ['a broken escape', '/api/v1/admin/sessions/%E0%A4%A', undefined],
])('an address with %s is read as it is meant', (_what, pathname, expected) => {
  expect(matchPath('/api/v1/admin/sessions/{id}', pathname)).toEqual(expected);
});

test('an address is made from what it was read as', () => {
  expect(fillPath('/api/v1/admin/sessions/{id}', { id: 'a/b?' })).toBe('/api/v1/admin/sessions/a%2Fb%3F');
});
