import { Failure } from './terminal.mjs';

/** @typedef {{ sessionToken: string, email?: string, tier?: string }} AccountToAdd */

/**
 * Signs in to the console as its sign-in form does, and gives calls of the admin API with that session.
 * @param {string} url of the server
 * @param {{ username: string, password: string }} credentials
 */
export async function signIn(url, credentials) {
  /** @type {Map<string, string>} */
  const cookies = new Map();

  /**
   * @param {string} path
   * @param {RequestInit} [init]
   */
  async function call(path, init = {}) {
    const headers = new Headers(init.headers);
    headers.set('cookie', [...cookies].map(([name, value]) => `${name}=${value}`).join('; '));
    headers.set('origin', url);
    const answer = await fetch(url + path, { ...init, headers, redirect: 'manual' });
    for (const cookie of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      cookies.set(name, value);
    }
    return answer;
  }

  const { csrfToken } = await readJson(await call('/api/auth/csrf'));
  const form = new URLSearchParams({ ...credentials, csrfToken, callbackUrl: `${url}/admin`, json: 'true' });
  await (await call('/api/auth/callback/credentials', { method: 'POST', body: form })).body?.cancel();
  const session = await readJson(await call('/api/auth/session'));
  if (!session?.user) throw new Failure(`The console refused to sign in ${credentials.username}.`);

  return {
    /**
     * Adds an account; false when it is there already.
     * @param {AccountToAdd} account
     */
    async addAccount(account) {
      const answer = await call('/api/v1/admin/accounts', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ session_token: account.sessionToken, remark: 'Simulated account' }),
      });
      if (answer.status === 201 || answer.status === 409) {
        await answer.body?.cancel();
        return answer.status === 201;
      }
      throw new Failure(`A simulated account was not taken: ${answer.status} ${await answer.text()}`);
    },
  };
}

/** @param {Response} answer */
async function readJson(answer) {
  const text = await answer.text();
  try {
    return JSON.parse(text);
  } catch {
    throw new Failure(`${answer.url} answered ${answer.status} without JSON.`);
  }
}
