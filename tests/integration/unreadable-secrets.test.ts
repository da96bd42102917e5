import { afterAll, beforeAll, expect, test } from 'vitest';
import { GET as seedGet, POST as seedPost } from '@/app/api/[...seed]/route';
import { POST as reveal } from '@/app/api/v1/admin/accounts/[id]/reveal/route';
import { POST as exporting } from '@/app/api/v1/admin/accounts/export/route';
import { type AccountRow, updateAccount } from '@/db/repositories/accounts';
import { makeSecrets } from '@/lib/secrets';
import { startTestProgram, type TestProgram } from '../support/test-runtime';
import { administrator, call, freshToken, signedIn } from './admin-console';

// What was sealed with a SECRET_KEY that is lost spoils its own account only.

let program: TestProgram;
let cookie: string;
let well: AccountRow;
let lost: AccountRow;
const sessionToken = freshToken();

beforeAll(async () => {
  program = await startTestProgram({ services: false });
  program.makeGlobal();
  cookie = await signedIn(program.runtime);
  lost = await program.addAccount();
  well = await program.addAccount({ sessionToken });
  const other = makeSecrets({ current: 'another key of thirty-two characters' });
  const sealed = {
    sessionTokenSealed: other.seal('lost'),
    proxyUrlSealed: other.seal('http://user:geheim@127.0.0.1:9'),
  };
  await updateAccount(program.runtime.db, lost.id, sealed, new Date());
});
afterAll(() => program.stop());

const { password } = administrator;
const exported = (body: object) =>
  call(exporting, 'POST', '/api/v1/admin/accounts/export', { cookie, body: { all: true, ...body } });
const show = (id: string) =>
  call(reveal, 'POST', `/api/v1/admin/accounts/${id}/reveal`, { cookie, body: { password } });

test('an export with secrets has all others, and names what it lacks', async () => {
  const { status, json } = await exported({ include_secrets: true, password });
  expect(status).toBe(200);
  expect(json).toMatchObject([
    { email: lost.email, session_token: '', proxy_url: '', unreadable: ['session_token', 'proxy_url'] },
    { email: well.email, session_token: sessionToken },
  ]);
  expect(json[1].unreadable).toBeUndefined();
});

test('an export without secrets is there as well', async () => {
  const { status, json } = await exported({});
  expect(status).toBe(200);
  expect(json).toMatchObject([
    { email: lost.email, session_token: '', proxy_url: '', unreadable: ['proxy_url'] },
    { email: well.email, session_token: '' },
  ]);
});

test('what cannot be revealed is said so, and with what to do', async () => {
  const { status, json } = await show(lost.id);
  expect(status).toBe(409);
  expect(json.error).toMatchObject({ code: 'secret_unreadable' });
  expect(json.error.message).toContain(lost.email);
  expect((await show(well.id)).json).toEqual({ session_token: sessionToken, proxy_url: null });
});

test('the predecessor’s list shows the session tokens of all others', async () => {
  await program.runtime.settings.update({ 'compatibility.show_session_tokens': true });
  const url = (path: string) => `http://gateway.test/api/${path}`;
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ username: administrator.username, password });
  const signIn = await seedPost(new Request(url('login'), { method: 'POST', headers, body }));
  const { token } = (await signIn.json()) as { token: string };
  const response = await seedGet(
    new Request(url('tokens'), { headers: { authorization: `Bearer ${token}` } }),
  );
  expect(response.status).toBe(200);
  expect(await response.json()).toMatchObject([
    { email: well.email, st: sessionToken },
    { email: lost.email, st: expect.stringMatching(/^•/) },
  ]);
});
