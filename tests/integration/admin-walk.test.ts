import { randomUUID } from 'node:crypto';
import { count, eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { findAdministratorByUsername } from '@/db/repositories/administrators';
import { type AnyContract, fillPath } from '@/lib/admin-api/contract';
import { contracts } from '@/lib/admin-api/contracts';
import { sessionCookieName } from '@/lib/auth/session-cookie';
import { encodeSession, startSession } from '@/lib/auth/session-value';
import { createFirstAdministrator, ensureAdministrator, storeSetupCode } from '@/lib/auth/setup';
import { startLoop } from '@/lib/background/loop';
import { storageKeyOf } from '@/lib/media/store';
import { picture } from '../support/pictures';
import { startTestProgram, type TestProgram, until } from '../support/test-runtime';
import { administrator, freshToken, origin, signedIn } from './admin-console';

type Handler = (request: Request) => Promise<Response>;

const routes = import.meta.glob<Record<string, Handler>>('../../app/api/v1/admin/**/route.ts', {
  eager: true,
});

/** The handler that Next would call for a contract. */
function handlerOf({ method, path }: AnyContract): Handler {
  const file = `../../app${path.replace(/\{(\w+)\}/g, '[$1]')}/route.ts`;
  const handler = routes[file]?.[method];
  if (handler === undefined) throw new Error(`nothing answers ${method} ${path}`);
  return handler;
}

type Wanted = {
  params?: Record<string, string>;
  query?: string;
  /** JSON; text is sent as it is. */
  body?: unknown;
  headers?: Record<string, string>;
};

/** Calls an endpoint as the console's own page does; `cookie` is the sign-in. */
async function ask(contract: AnyContract, { params = {}, query = '', body, headers = {} }: Wanted) {
  const path = fillPath(contract.path, params);
  const isReading = contract.method === 'GET';
  const response = await handlerOf(contract)(
    new Request(`${origin}${path}${query}`, {
      method: contract.method,
      headers: {
        host: new URL(origin).host,
        ...(isReading ? {} : { origin }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    }),
  );
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') === true;
  return {
    status: response.status,
    headers: response.headers,
    text,
    json: isJson ? JSON.parse(text) : undefined,
  };
}

const anyId = { id: 'nobody', name: 'nothing' };
const password = administrator.password;

/** What in a test program a call needs. */
type Place = { program: TestProgram; cookie: string };

/** Another sign-in of the administrator. */
async function signInAgain({ runtime }: TestProgram): Promise<{ cookie: string; id: string }> {
  const row = await findAdministratorByUsername(runtime.db, administrator.username);
  if (row === undefined) throw new Error('no administrator');
  const { id } = await startSession(runtime, row);
  return { cookie: `${sessionCookieName}=${await encodeSession(runtime, id)}`, id };
}

const account = async ({ program }: Place) => ({ params: { id: (await program.addAccount()).id } });
const onAccount = (body?: unknown) => async (place: Place) => ({ ...(await account(place)), body });

async function knownToken({ program }: Place, email = 'walk@example.com') {
  const sessionToken = freshToken();
  program.simulator.addAccount({ sessionToken, email, tier: 'PAYGATE_TIER_ONE', credits: 100 });
  return sessionToken;
}

const runBody = () => ({
  id: `run_${randomUUID().replaceAll('-', '')}`,
  model: 'gemini-3.1-flash-image',
  prompt: 'a lighthouse',
});

const contractNamed = (name: string): AnyContract => {
  const found = contracts.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no contract ${name}`);
  return found.contract;
};

async function key({ cookie }: Place, body: unknown = {}) {
  const name = `key ${Math.random()}`;
  const { json } = await ask(contractNamed('createKey'), { headers: { cookie }, body: { name } });
  return { params: { id: String(json.key.id) }, body };
}

async function task({ cookie, program }: Place) {
  const { id } = await program.addAccount();
  const body = { action: 'refresh_credits', ids: [id] };
  const { json } = await ask(contractNamed('startBulk'), { headers: { cookie }, body });
  return { params: { id: String(json.id) } };
}

/** A result whose file is there. */
async function result({ program: { runtime } }: Place, body?: unknown) {
  const id = `walk${Math.random().toString(36).slice(2)}`;
  const storageKey = storageKeyOf(id, 'png');
  const bytes = await picture();
  const once = async function* () {
    yield bytes;
  };
  const { sizeBytes, sha256 } = await runtime.media.write(storageKey, once(), { durable: false });
  await runtime.db.insert(runtime.db.tables.media).values({
    id,
    kind: 'image',
    role: 'result',
    contentType: 'image/png',
    extension: 'png',
    storageKey,
    sizeBytes,
    sha256,
    createdAt: runtime.now(),
  });
  return { params: { id }, ...(body === undefined ? {} : { body }) };
}

type Mutation = {
  make: (place: Place) => Promise<Wanted> | Wanted;
  /** Why there is no entry in the audit list. */
  unaudited?: string;
  /** Its answer is the one place where a secret may be. */
  givesSecret?: true;
};

/** A call of every endpoint that changes something, or could. */
const mutations: Readonly<Record<string, Mutation>> = {
  checkAccount: {
    make: async (place) => ({ body: { session_token: await knownToken(place) } }),
    unaudited: 'saves nothing',
  },
  addAccount: { make: async (place) => ({ body: { session_token: await knownToken(place) } }) },
  editAccount: { make: onAccount({ remark: 'spare' }) },
  deleteAccount: { make: account },
  enableAccount: {
    make: async (place) => {
      const wanted = await account(place);
      await ask(contractNamed('disableAccount'), { ...wanted, headers: { cookie: place.cookie } });
      return wanted;
    },
  },
  disableAccount: { make: account },
  resetAccountErrors: { make: account },
  endAccountCooldown: { make: account },
  refreshAccountAccess: { make: account },
  refreshAccountCredits: { make: account },
  unblockAccount: {
    make: async ({ program: { runtime, addAccount } }) => {
      const { id } = await addAccount();
      const { accounts } = runtime.db.tables;
      await runtime.db
        .update(accounts)
        .set({ blocks: [{ scope: 'video', reason: 'challenge' }] })
        .where(eq(accounts.id, id));
      return { params: { id }, body: { scope: 'video' } };
    },
  },
  replaceSessionToken: {
    make: async (place) => {
      const { id, email } = await place.program.addAccount();
      return { params: { id }, body: { session_token: await knownToken(place, email) } };
    },
  },
  createAccountProject: { make: onAccount({ title: 'A project' }) },
  revealSecrets: { make: onAccount({ password }), givesSecret: true },
  startBulk: {
    make: async (place) => ({ body: { action: 'disable', ids: [(await account(place)).params.id] } }),
  },
  previewImport: { make: () => ({ body: { accounts: [{}] } }), unaudited: 'writes nothing' },
  startImport: { make: () => ({ body: { accounts: [{ session_token: freshToken() }] } }) },
  exportAccounts: {
    make: () => ({ body: { all: true, include_secrets: true, password } }),
    givesSecret: true,
  },
  createKey: { make: () => ({ body: { name: `walk ${Math.random()}` } }), givesSecret: true },
  updateKey: { make: (place) => key(place, { enabled: false }) },
  rotateKey: { make: (place) => key(place, { grace: '1h' }), givesSecret: true },
  deleteKey: { make: async (place) => ({ params: (await key(place)).params }) },
  stopTask: { make: task },
  startPlaygroundRun: { make: () => ({ body: runBody() }) },
  cancelPlaygroundRun: {
    make: async ({ cookie }) => {
      const body = runBody();
      await ask(contractNamed('startPlaygroundRun'), { headers: { cookie }, body });
      return { params: { id: body.id } };
    },
  },
  clearLogs: { make: () => ({ query: '?older_than_days=30' }) },
  startMediaBulk: {
    make: async (place) => ({ body: { action: 'keep', ids: [(await result(place)).params.id] } }),
  },
  zipMedia: { make: async (place) => ({ body: { ids: [(await result(place)).params.id] } }) },
  updateMedia: { make: (place) => result(place, { kept: true }) },
  deleteMedia: { make: (place) => result(place) },
  signIn: { make: () => ({ body: administrator }) },
  setUp: {
    make: () => ({ body: { code: 'x', ...administrator, repeat: password } }),
    unaudited: 'there is an administrator already; a test below is about the first one',
  },
  signOut: { make: () => ({}) },
  changePassword: { make: () => ({ body: { current_password: password, new_password: password } }) },
  changeUsername: {
    make: () => ({ body: { username: administrator.username, current_password: password } }),
  },
  endOtherSessions: { make: () => ({}) },
  changeChecklist: { make: () => ({ body: { is_shown: false } }) },
  endSession: { make: async ({ program }) => ({ params: { id: (await signInAgain(program)).id } }) },
  changeSettings: { make: () => ({ body: { changes: [{ key: 'queue.max_wait', value: 1_700 }] } }) },
  revealSetting: { make: () => ({ body: { key: 'proxy.url', password } }), givesSecret: true },
  testProxy: {
    make: () => ({ body: { url: 'http://127.0.0.1:1' } }),
    unaudited: 'changes nothing and saves nothing',
  },
  runLoop: { make: () => ({ params: { name: 'walk' } }) },
};

const mutating = contracts.filter(({ contract }) => contract.method !== 'GET');
const closed = contracts.filter(({ contract }) => contract.isOpen !== true);

const secrets = {
  'session token': freshToken(),
  'password of a proxy': 'proxy-s3cret-word',
  'password of the settings': 'settings-s3cret-word',
  'connection token': 'connection-s3cret-word-of-the-extension',
  password,
};

let program: TestProgram;
let cookie: string;
/** Everything that must not be found in an answer, by what it is. */
let planted: Record<string, string>;
let accountId: string;

beforeAll(async () => {
  program = await startTestProgram({ services: false });
  program.makeGlobal();
  const { runtime } = program;
  cookie = await signedIn(runtime);
  const loop = startLoop(
    { name: 'walk', everyMs: () => 3_600_000, description: 'Works.', scope: 'process', run: async () => {} },
    { ...runtime, signal: runtime.life.signal },
  );
  runtime.loops.push(loop);
  accountId = (await program.addAccount({ sessionToken: secrets['session token'] })).id;
  const edited = await ask(contractNamed('editAccount'), {
    params: { id: accountId },
    headers: { cookie },
    body: { proxy_url: `http://maria:${secrets['password of a proxy']}@127.0.0.1:1` },
  });
  expect(edited.status).toBe(200);
  await runtime.settings.update({
    'proxy.url': `http://maria:${secrets['password of the settings']}@127.0.0.1:1`,
    'plugin.connection_token': secrets['connection token'],
  });
  const [row] = await runtime.db.select().from(runtime.db.tables.accounts);
  const [admin] = await runtime.db.select().from(runtime.db.tables.administrators);
  planted = {
    ...secrets,
    'access token': runtime.secrets.open(row?.accessTokenSealed ?? ''),
    'hash of the session token': row?.sessionTokenHash ?? '',
    'API key': program.apiKey.value,
    'hash of the password': admin?.passwordHash ?? '',
    'cookie of the sign-in': cookie.split('=')[1] ?? '',
    'secret of sessions': runtime.secrets.sessionSecret,
  };
});
afterAll(() => program.stop());

const audits = async () => {
  const { auditEntries } = program.runtime.db.tables;
  const [row] = await program.runtime.db.select({ n: count().mapWith(Number) }).from(auditEntries);
  return row?.n ?? 0;
};
/** With a sign-in of its own: some of what is called ends all others. */
const place = async (): Promise<Place> => ({ program, cookie: (await signInAgain(program)).cookie });
const foundIn = (text: string) => Object.keys(planted).filter((what) => text.includes(planted[what] ?? '?'));

test('every secret was planted', () => {
  for (const [what, value] of Object.entries(planted)) expect(value.length, what).toBeGreaterThan(10);
});

test('every endpoint that changes something is in the table of this test', () => {
  expect(Object.keys(mutations).toSorted()).toEqual(mutating.map(({ name }) => name).toSorted());
});

describe.each(closed)('$name', ({ name, contract }) => {
  const wanted = (): Wanted => ({ params: anyId, query: name === 'clearLogs' ? '?older_than_days=1' : '' });

  test.each([
    ['no sign-in', () => ({})],
    ['a forged one', () => ({ cookie: `${sessionCookieName}=${'x'.repeat(80)}` })],
    ['an API key', () => ({ authorization: `Bearer ${program.apiKey.value}` })],
  ])('is refused with %s, before anything is said of what it takes', async (_what, headers) => {
    const { status, json } = await ask(contract, { ...wanted(), headers: headers(), body: undefined });
    expect(status).toBe(401);
    expect(json.error).toMatchObject({ code: 'sign_in_required', request_id: expect.any(String) });
    expect(json.error.fields).toBeUndefined();
  });
});

const isOpen = ({ contract }: { contract: AnyContract }) => contract.isOpen === true;

test.each(mutating)(
  '$name is refused to every other site, however it asks, and does nothing',
  async ({ name, contract }) => {
    const own = await place();
    const wanted = await mutations[name]?.make(own);
    const before = await audits();
    const foreign: Record<string, string>[] = [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
    ];
    for (const headers of foreign) {
      const { status, json } = await ask(contract, {
        ...wanted,
        headers: { cookie: own.cookie, ...headers },
      });
      expect([status, json.error.code]).toEqual([403, 'cross_site_request']);
    }
    expect(await audits()).toBe(before);
  },
);

test.each(mutating.filter((one) => !isOpen(one) && one.contract.takesForm !== true))(
  '$name takes nothing that a form can send',
  async ({ name, contract }) => {
    const own = await place();
    const wanted = await mutations[name]?.make(own);
    const before = await audits();
    for (const type of [
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'text/plain',
    ]) {
      const headers = { cookie: own.cookie, 'content-type': type };
      expect((await ask(contract, { ...wanted, headers })).status).toBe(415);
    }
    expect(await audits()).toBe(before);
  },
);

test.each(mutating)(
  '$name is in the audit list, or has a reason not to be, and answers no secret',
  async ({ name, contract }) => {
    const mutation: Mutation = mutations[name] ?? { make: () => ({}) };
    const own = await place();
    const wanted = await mutation.make(own);
    const before = await audits();
    const { status, text, headers } = await ask(contract, { ...wanted, headers: { cookie: own.cookie } });
    expect(status).toBe(name === 'setUp' ? 400 : contract.status);
    expect((await audits()) > before).toBe(mutation.unaudited === undefined);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(mutation.givesSecret === true ? [] : foundIn(text)).toEqual([]);
  },
);

/** The fields of a body, by their name. */
const fieldsOf = ({ body }: AnyContract) => (body instanceof z.ZodObject ? Object.entries(body.shape) : []);

test.each(mutating.filter(({ contract }) => fieldsOf(contract).length > 0))(
  '$name says of every field what is wrong with it',
  async ({ name, contract }) => {
    const own = await place();
    const { body, ...wanted } = (await mutations[name]?.make(own)) ?? {};
    const headers = { cookie: own.cookie };
    for (const [field, schema] of fieldsOf(contract)) {
      const wrong = [12.5, {}, [[]], false, 'x'].find(
        (value) => !z.safeParse(schema as z.ZodType, value).success,
      );
      const { status, json } = await ask(contract, {
        ...wanted,
        headers,
        body: { ...(body as object), [field]: wrong },
      });
      expect([field, status, json.error.code]).toEqual([field, 400, 'invalid_request']);
      expect(json.error.fields[field], field).toEqual(expect.any(String));
    }
    for (const text of ['"text"', '[]', '{"half":']) {
      const { status, json } = await ask(contract, { ...wanted, headers, body: text });
      expect([text, status]).toEqual([text, 400]);
      expect(json.error).toMatchObject({ message: expect.any(String), request_id: expect.any(String) });
    }
  },
);

const taking = contracts.filter(({ contract }) => contract.body._zod.def.type !== 'undefined');

test.each(taking)(
  '$name refuses a field that it does not know, and does nothing',
  async ({ name, contract }) => {
    const own = await place();
    const { body, ...wanted } = (await mutations[name]?.make(own)) ?? {};
    const before = await audits();
    const { status, json } = await ask(contract, {
      ...wanted,
      headers: { cookie: own.cookie },
      body: { ...(body as object), images_per_dya: 3 },
    });
    expect([status, json.error.code]).toEqual([400, 'invalid_request']);
    expect(json.error.fields).toMatchObject({ images_per_dya: expect.any(String) });
    expect(await audits()).toBe(before);
  },
);

/** Whether every object in it, however deep, refuses what it does not know. */
function looseObjects(schema: unknown, path: string): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const { type, properties, additionalProperties } = schema as Record<string, unknown>;
  const here = type === 'object' && properties !== undefined && additionalProperties !== false ? [path] : [];
  return [
    ...here,
    ...Object.entries(schema).flatMap(([key, value]) => looseObjects(value, `${path}/${key}`)),
  ];
}

test.each(taking)('$name is strict in every object of its body', ({ contract }) => {
  expect(looseObjects(z.toJSONSchema(contract.body, { io: 'input', unrepresentable: 'any' }), '')).toEqual(
    [],
  );
});

const withId = closed.filter(({ contract }) => contract.path.includes('{'));

test.each(withId)('$name of something unknown is a 404', async ({ name, contract }) => {
  const own = await place();
  const { body } = (await mutations[name]?.make(own)) ?? {};
  const { status, json } = await ask(contract, { params: anyId, headers: { cookie: own.cookie }, body });
  expect([status, json.error.code]).toEqual([404, 'not_found']);
});

test('no page of the console can read a secret: none is in any answer to a GET', async () => {
  const own = await place();
  const headers = { cookie: own.cookie };
  planted['cookie of the sign-in'] = own.cookie.split('=')[1] ?? '';
  const { params } = await task(own);
  const job = await program.submit({ model: 'gemini-3.1-flash-image' });
  const { id: run } = runBody();
  await ask(contractNamed('startPlaygroundRun'), { headers, body: { ...runBody(), id: run } });
  await ask(contractNamed('cancelPlaygroundRun'), { headers, params: { id: run } });
  const items = await until(async () => {
    const { json } = await ask(contractNamed('listLogs'), { headers });
    return json.items.length > 0 && json.items;
  });
  const ids: Readonly<Record<string, string>> = {
    getAccount: accountId,
    getKey: program.apiKey.id,
    readKeyUsage: program.apiKey.id,
    getTask: params.id,
    readJob: job,
    readLog: String(items[0].id),
    readPlaygroundRun: run,
    followPlaygroundRun: run,
    readMedia: (await result(own)).params.id,
  };
  const reading = contracts.filter(({ contract }) => contract.method === 'GET');
  expect(
    reading
      .filter(({ contract }) => contract.path.includes('{'))
      .map(({ name }) => name)
      .toSorted(),
  ).toEqual(Object.keys(ids).toSorted());
  const found: string[] = [];
  for (const { name, contract } of reading) {
    const id = ids[name];
    const { status, text } = await ask(contract, {
      ...(id === undefined ? {} : { params: { id } }),
      ...(name === 'readSamples' ? { query: '?name=queued' } : {}),
      headers,
    });
    if (status !== 200) found.push(`${name} answers ${status}: ${text}`);
    found.push(...foundIn(text).map((what) => `${name}: ${what}`));
  }
  expect(found).toEqual([]);
});

test('creating the first administrator is in the audit list, without the code', async () => {
  const other = await startTestProgram({ services: false });
  const code = (await storeSetupCode(other.runtime)) ?? '';
  await createFirstAdministrator(other.runtime, { code, ...administrator, address: '203.0.113.7' });
  const entries = await other.runtime.db.select().from(other.runtime.db.tables.auditEntries);
  await other.stop();
  expect(entries).toMatchObject([{ action: 'administrator.create', administrator: 'ada' }]);
  expect(JSON.stringify(entries)).not.toContain(code);
});

describe('with a weak password from an old file', () => {
  const weak = { username: 'root', password: 'hunter22' };
  const better = 'correct horse battery staple';
  let old: TestProgram;
  let theirs: string;

  const signIn = async (given: string) => {
    const body = { username: weak.username, password: given };
    const { status, headers } = await ask(contractNamed('signIn'), { body });
    return { status, cookie: headers.get('set-cookie')?.split(';')[0] ?? '' };
  };

  beforeAll(async () => {
    old = await startTestProgram({ services: false });
    old.makeGlobal();
    const env = { adminUsername: weak.username, adminPassword: weak.password };
    expect(await ensureAdministrator({ ...old.runtime, env })).toMatchObject({ outcome: 'created_weak' });
    theirs = (await signIn(weak.password)).cookie;
  });
  afterAll(async () => {
    await old.stop();
    program.makeGlobal();
  });

  const first = ['readAdministrator', 'changePassword', 'signOut'];

  test('signing in works, and the console can ask what is to be done', async () => {
    const { status, json } = await ask(contractNamed('readAdministrator'), { headers: { cookie: theirs } });
    expect(status).toBe(200);
    expect(json).toMatchObject({ username: 'root', must_change_password: true });
  });

  test.each(closed.filter(({ name }) => !first.includes(name)))(
    '$name is closed',
    async ({ name, contract }) => {
      const query = name === 'clearLogs' ? '?older_than_days=1' : '';
      const { status, json } = await ask(contract, { params: anyId, query, headers: { cookie: theirs } });
      expect([status, json.error.code]).toEqual([403, 'password_change_required']);
    },
  );

  test('another weak one is refused, a good one opens everything and is the one that counts', async () => {
    const change = (newPassword: string) =>
      ask(contractNamed('changePassword'), {
        headers: { cookie: theirs },
        body: { current_password: weak.password, new_password: newPassword },
      });
    expect((await change('elevenchars')).json.error.fields).toHaveProperty('new_password');
    expect((await change(better)).status).toBe(200);
    const after = await ask(contractNamed('listKeys'), { headers: { cookie: theirs } });
    expect(after.status).toBe(200);
    expect((await signIn(weak.password)).status).toBe(401);
    const { cookie: anew } = await signIn(better);
    const { json } = await ask(contractNamed('readAdministrator'), { headers: { cookie: anew } });
    expect(json.must_change_password).toBe(false);
  });
});
