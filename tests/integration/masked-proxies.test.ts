import { afterAll, beforeAll, expect, test } from 'vitest';
import { PATCH as edit, GET as read } from '@/app/api/v1/admin/accounts/[id]/route';
import { POST as bulk } from '@/app/api/v1/admin/accounts/bulk/route';
import { POST as check } from '@/app/api/v1/admin/accounts/check/route';
import { POST as preview } from '@/app/api/v1/admin/accounts/import/preview/route';
import { POST as startImport } from '@/app/api/v1/admin/accounts/import/route';
import { POST as add } from '@/app/api/v1/admin/accounts/route';
import { POST as testProxy } from '@/app/api/v1/admin/settings/proxy/test/route';
import { PATCH as changeSettings, GET as listSettings } from '@/app/api/v1/admin/settings/route';
import { GET as readTask } from '@/app/api/v1/admin/tasks/[id]/route';
import { findAccount, listAccounts, updateAccount } from '@/db/repositories/accounts';
import { startHttpProxy } from '@/lib/http/__fixtures__/proxies';
import { makeSecrets } from '@/lib/secrets';
import { startTestProgram, type TestProgram, until } from '../support/test-runtime';
import { call, freshToken, signedIn } from './admin-console';

// What is shown of a proxy must never become the proxy: neither where it comes back as it was nor where it was edited.

const proxyUrl = 'http://maria:geheim@proxy.example:8080';
const shown = 'http://••••@proxy.example:8080';
const edited = 'http://••••@other.example:8080';
const accountsPath = '/api/v1/admin/accounts';
const settingsPath = '/api/v1/admin/settings';

let program: TestProgram;
let cookie: string;

beforeAll(async () => {
  program = await startTestProgram();
  program.makeGlobal();
  cookie = await signedIn(program.runtime);
});
afterAll(() => program.stop());

const patch = (id: string, body: object) => call(edit, 'PATCH', `${accountsPath}/${id}`, { cookie, body });
const ownProxyOf = async (id: string) => {
  const sealed = (await findAccount(program.runtime.db, id))?.proxyUrlSealed ?? null;
  return sealed === null ? null : program.runtime.secrets.open(sealed);
};
const withProxy = async () => {
  const { id, email } = await program.addAccount();
  await patch(id, { proxy_url: proxyUrl });
  return { id, email };
};
const refusalOf = ({ status, json }: { status: number; json: { error: { fields?: object } } }) => [
  status,
  Object.keys(json.error.fields ?? {}),
];
const upstreamToken = (email: string) => {
  const sessionToken = freshToken();
  program.simulator.addAccount({ sessionToken, email, tier: 'PAYGATE_TIER_ONE', credits: 10 });
  return sessionToken;
};

test('an account takes back what is shown of its proxy and keeps it; anything else with dots is a 400', async () => {
  const { id } = await withProxy();
  const { json } = await call(read, 'GET', `${accountsPath}/${id}`, { cookie });
  expect(json.proxy).toBe(shown);
  expect((await patch(id, { proxy_url: json.proxy, remark: 'edited' })).json.remark).toBe('edited');
  expect(await ownProxyOf(id)).toBe(proxyUrl);
  expect(refusalOf(await patch(id, { proxy_url: edited, remark: 'lost' }))).toEqual([400, ['proxy_url']]);
  expect(await ownProxyOf(id)).toBe(proxyUrl);
  const { id: other } = await program.addAccount();
  expect(refusalOf(await patch(other, { proxy_url: shown }))).toEqual([400, ['proxy_url']]);
  expect(await ownProxyOf(other)).toBeNull();
});

test('an account whose proxy cannot be opened takes back the sentence shown for it, and keeps what is stored', async () => {
  const { id } = await withProxy();
  const { db, secrets } = program.runtime;
  const lost = makeSecrets({ current: 'another key of thirty-two characters' }).seal(proxyUrl);
  await updateAccount(db, id, { proxyUrlSealed: lost }, new Date());
  const { json } = await call(read, 'GET', `${accountsPath}/${id}`, { cookie });
  expect(json.proxy).toContain('SECRET_KEY');
  expect(await patch(id, { proxy_url: json.proxy, remark: 'edited' })).toMatchObject({
    status: 200,
    json: { remark: 'edited' },
  });
  expect((await findAccount(db, id))?.proxyUrlSealed).toBe(lost);
  await patch(id, { proxy_url: proxyUrl });
  expect(secrets.open((await findAccount(db, id))?.proxyUrlSealed ?? '')).toBe(proxyUrl);
  // It is shown for this account alone; elsewhere it is no address.
  expect(refusalOf(await patch(id, { proxy_url: json.proxy }))).toEqual([400, ['proxy_url']]);
});

test.each([
  ['adding', add, accountsPath],
  ['checking', check, `${accountsPath}/check`],
])('%s an account refuses a masked proxy before upstream is asked', async (_what, handler, path) => {
  const body = { session_token: upstreamToken('masked@example.com'), proxy_url: shown };
  program.simulator.resetStats();
  expect(refusalOf(await call(handler, 'POST', path, { cookie, body }))).toEqual([400, ['proxy_url']]);
  expect(program.simulator.stats().calls).toEqual([]);
  expect((await listAccounts(program.runtime.db)).some(({ email }) => email === 'masked@example.com')).toBe(
    false,
  );
});

test('many accounts at once take no proxy, so no masked one either', async () => {
  const { id } = await withProxy();
  const body = { action: 'edit', ids: [id], changes: { proxy_url: shown } };
  const answer = await call(bulk, 'POST', `${accountsPath}/bulk`, { cookie, body });
  expect(refusalOf(answer)).toEqual([400, ['changes.proxy_url']]);
  expect(await ownProxyOf(id)).toBe(proxyUrl);
});

test('an import keeps the proxy of an account whose row shows it masked, and refuses other rows with dots', async () => {
  const [known, other] = [await withProxy(), await withProxy()];
  const accounts = [
    { email: known.email, session_token: upstreamToken(known.email), proxy_url: shown },
    { email: other.email, session_token: upstreamToken(other.email), proxy_url: edited },
    { email: 'new@example.com', session_token: upstreamToken('new@example.com'), proxy_url: shown },
  ];
  const seen = await call(preview, 'POST', `${accountsPath}/import/preview`, { cookie, body: { accounts } });
  expect(seen.json.rows).toMatchObject([
    { status: 'update' },
    { status: 'invalid', reason: expect.stringContaining('dots') },
    { status: 'invalid', reason: expect.stringContaining('dots') },
  ]);
  // So that the first row, which goes through its own proxy, finds one.
  const proxy = await startHttpProxy();
  await patch(known.id, { proxy_url: proxy.url.replace('//', '//maria:geheim@') });
  const own = await ownProxyOf(known.id);
  const rows = [{ ...accounts[0], proxy_url: proxy.url.replace('//', '//••••@') }, ...accounts.slice(1)];
  const started = await call(startImport, 'POST', `${accountsPath}/import`, {
    cookie,
    body: { accounts: rows },
  });
  const task = await until(async () => {
    const { json } = await call(readTask, 'GET', `/api/v1/admin/tasks/${started.json.id}`, { cookie });
    return json.state !== 'running' && json;
  });
  await proxy.close();
  expect(task.results).toMatchObject([
    { outcome: 'updated' },
    { outcome: 'failed', reason: expect.stringContaining('dots') },
    { outcome: 'failed', reason: expect.stringContaining('dots') },
  ]);
  expect(await ownProxyOf(known.id)).toBe(own);
  expect(await ownProxyOf(other.id)).toBe(proxyUrl);
  expect(JSON.stringify(await listAccounts(program.runtime.db))).not.toContain('new@example.com');
});

describeSetting('proxy.url', proxyUrl, shown, edited);
describeSetting('plugin.connection_token', 'a-connection-token', '••••••••', '••••••••x');

// A token may look like an address with a user in it; what it holds is as secret behind the `@`.
describeSetting('plugin.connection_token', 'https://user@host-is-secret', '••••••••', '••••••••x');

function describeSetting(
  key: 'proxy.url' | 'plugin.connection_token',
  value: string,
  mask: string,
  wrong: string,
) {
  test(`${key} ${value} comes back masked and stays as it is; anything else with dots is a 400`, async () => {
    const save = (to: unknown) =>
      call(changeSettings, 'PATCH', settingsPath, { cookie, body: { changes: [{ key, value: to }] } });
    const current = () => program.runtime.settings.current()[key];
    await save('');
    expect(refusalOf(await save(mask))).toEqual([400, [key]]);
    await save(value);
    const { json } = await call(listSettings, 'GET', settingsPath, { cookie });
    const { masked } = json.items.find((row: { key: string }) => row.key === key);
    expect(masked).toBe(mask);
    expect((await save(masked)).status).toBe(200);
    expect(current()).toBe(value);
    expect(refusalOf(await save(wrong))).toEqual([400, [key]]);
    expect(current()).toBe(value);
  });
}

test('what is shown of the saved proxy tests the saved one', async () => {
  const proxy = await startHttpProxy();
  const url = proxy.url.replace('//', '//maria:geheim@');
  await program.runtime.settings.update({ 'proxy.url': url });
  const ask = (body: object) => call(testProxy, 'POST', `${settingsPath}/proxy/test`, { cookie, body });
  expect((await ask({ url: proxy.url.replace('//', '//••••@') })).json.is_reachable).toBe(true);
  await proxy.close();
  expect(refusalOf(await ask({ url: edited }))).toEqual([400, ['url']]);
});
