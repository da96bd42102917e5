import { NextRequest } from 'next/server';
import { describe, expect, test } from 'vitest';
import { proxy } from './proxy';

const visit = (path: string, headers: Record<string, string> = {}) =>
  proxy(
    new NextRequest(`http://localhost:3000${path}`, { headers: { host: 'gateway.lan:8000', ...headers } }),
  );

describe('without a session cookie', () => {
  test.each([
    ['the overview', '/admin', {}, '/admin/login'],
    [
      'a page with filters, to come back to',
      '/admin/accounts?q=a&health=banned',
      {},
      '/admin/login?next=%2Fadmin%2Faccounts%3Fq%3Da%26health%3Dbanned',
    ],
    [
      'whatever anybody claims to be forwarded',
      '/admin',
      { 'x-forwarded-proto': 'https, http', 'x-forwarded-host': 'evil.example' },
      '/admin/login',
    ],
  ])('%s leads to the sign-in page', (_who, path, headers, location) => {
    const response = visit(path, headers);
    expect(response.status).toBe(307);
    // The origin of this process is what Next leaves out of the answer.
    expect(response.headers.get('location')).toBe(`http://localhost:3000${location}`);
  });

  test('the sign-in page itself is shown', () => {
    expect(visit('/admin/login?next=%2Fadmin').headers.get('location')).toBeNull();
  });
});

describe('with a session cookie', () => {
  const cookie = { cookie: 'flow2api.session=anything' };

  test('the page is shown, and learns its own path whatever the visitor claims', () => {
    const { headers } = visit('/admin/accounts?q=a', { ...cookie, 'x-flow2api-path': '/admin/elsewhere' });
    expect(headers.get('location')).toBeNull();
    expect(headers.get('x-middleware-request-x-flow2api-path')).toBe('/admin/accounts?q=a');
  });

  test('nothing from elsewhere may be loaded, and every page has a nonce of its own', () => {
    const policies = [visit('/admin', cookie), visit('/admin', cookie)].map(({ headers }) =>
      headers.get('content-security-policy'),
    );
    expect(policies[0]).toContain("default-src 'self'");
    expect(policies[0]).toContain("frame-ancestors 'none'");
    expect(policies[0]).not.toContain('unsafe-eval');
    expect(policies[0]).not.toBe(policies[1]);
  });
});
