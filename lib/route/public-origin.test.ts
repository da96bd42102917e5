import { describe, expect, test } from 'vitest';
import { privateNetworks } from '@/config/env';
import type { Runtime } from '../runtime';
import { clientAddress, isHttps, isOwnOrigin, ownOrigin, publicOrigin } from './public-origin';

/** Only what an origin depends on. */
const place = (fixed: { baseUrl?: string; publicUrl?: string } = {}) =>
  ({
    env: {
      port: 8_000,
      trustedProxies: privateNetworks,
      ...(fixed.publicUrl === undefined ? {} : { publicUrl: fixed.publicUrl }),
    },
    settings: { current: () => ({ 'cache.base_url': fixed.baseUrl ?? '' }) },
  }) as unknown as Pick<Runtime, 'env' | 'settings'>;

/** A request as handlers see it: any header may be there, also those that `fetch` forbids to set. */
const called = (headers: Record<string, string>) =>
  ({ url: 'http://localhost:8000/v1/models', headers: new Headers(headers) }) as Request;

const proxy = { 'x-flow2api-peer': '172.18.0.5' };
const stranger = { 'x-flow2api-peer': '203.0.113.9' };

describe('the origin of addresses', () => {
  test.each([
    ['is what the client called', { host: 'gw.example:8000' }, 'http://gw.example:8000'],
    ['may be an IPv6 address', { host: '[2001:db8::1]:8000' }, 'http://[2001:db8::1]:8000'],
    [
      'is what the client called at the proxy',
      { ...proxy, host: 'app:8000', 'x-forwarded-host': 'gw.example', 'x-forwarded-proto': 'https' },
      'https://gw.example',
    ],
    [
      'keeps the Host that a proxy passes on',
      { ...proxy, host: 'gw.example', 'x-forwarded-proto': 'https' },
      'https://gw.example',
    ],
    [
      'takes the first of several proxies',
      { ...proxy, host: 'app', 'x-forwarded-host': 'gw.example, inner', 'x-forwarded-proto': 'https, http' },
      'https://gw.example',
    ],
    [
      'has an unusual port of the proxy',
      {
        ...proxy,
        host: 'app',
        'x-forwarded-host': 'gw.example',
        'x-forwarded-port': '8443',
        'x-forwarded-proto': 'https',
      },
      'https://gw.example:8443',
    ],
    [
      'has no usual port',
      {
        ...proxy,
        host: 'app',
        'x-forwarded-host': 'gw.example',
        'x-forwarded-port': '443',
        'x-forwarded-proto': 'https',
      },
      'https://gw.example',
    ],
    [
      'does not have the port that Next fills in',
      {
        ...proxy,
        host: 'gw.example',
        'x-forwarded-host': 'gw.example',
        'x-forwarded-port': '8000',
        'x-forwarded-proto': 'http',
      },
      'http://gw.example',
    ],
    [
      'is not what a stranger claims',
      { ...stranger, host: 'gw.example', 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' },
      'http://gw.example',
    ],
    [
      'is not what anybody claims when the peer is unknown',
      { host: 'gw.example', 'x-forwarded-host': 'evil.example' },
      'http://gw.example',
    ],
    ['falls back where Host is no host', { host: "x'onerror=alert(1)" }, 'http://localhost:8000'],
    [
      'falls back where the proxy passes no host',
      { ...proxy, host: 'gw.example', 'x-forwarded-host': 'a b' },
      'http://gw.example',
    ],
  ])('%s', (_rule, headers, origin) => {
    expect(publicOrigin(place(), called(headers))).toBe(origin);
  });

  test('is PUBLIC_URL before what was called', () => {
    expect(publicOrigin(place({ publicUrl: 'https://public.example' }), called({ host: 'x' }))).toBe(
      'https://public.example',
    );
  });

  test('is the setting before everything else', () => {
    const fixed = { baseUrl: 'https://cdn.example/files/', publicUrl: 'https://public.example' };
    expect(publicOrigin(place(fixed), called({ host: 'x' }))).toBe('https://cdn.example/files');
  });
});

describe('the address of the client', () => {
  test.each([
    ['is that of the socket', stranger, '203.0.113.9'],
    ['is IPv4 also when the socket speaks IPv6', { 'x-flow2api-peer': '::ffff:203.0.113.9' }, '203.0.113.9'],
    ['is what a trusted proxy saw', { ...proxy, 'x-forwarded-for': '198.51.100.7' }, '198.51.100.7'],
    [
      'is what the last untrusted hop was, not what it claims',
      { ...proxy, 'x-forwarded-for': '1.2.3.4, 198.51.100.7, 10.0.0.2' },
      '198.51.100.7',
    ],
    ['is not what a stranger claims', { ...stranger, 'x-forwarded-for': '1.2.3.4' }, '203.0.113.9'],
    ['has no port', { ...proxy, 'x-forwarded-for': '198.51.100.7:4711' }, '198.51.100.7'],
    [
      'is the proxy itself where the rest is no address',
      { ...proxy, 'x-forwarded-for': 'unknown' },
      '172.18.0.5',
    ],
    ['is unknown without a peer', { 'x-forwarded-for': '1.2.3.4' }, undefined],
  ])('%s', (_rule, headers, address) => {
    expect(clientAddress(place(), called(headers))).toBe(address);
  });
});

describe('a visit by https', () => {
  const forwarded = { 'x-forwarded-proto': 'https, http' };
  test.each([
    ['is what a trusted proxy says', { ...proxy, ...forwarded }, true],
    ['is not what a stranger claims', { ...stranger, ...forwarded }, false],
    ['is not known without a proxy', proxy, false],
  ])('%s', (_rule, headers, expected) => {
    expect(isHttps(place(), called(headers))).toBe(expected);
  });
});

describe('an origin of our own', () => {
  const forwarded = { host: 'app:8000', 'x-forwarded-host': 'gw.example' };
  test.each([
    ['names the host that was called', {}, { host: 'gw.example' }, 'http://gw.example', true],
    ['may be https before a proxy that says nothing', {}, { host: 'gw.example' }, 'https://gw.example', true],
    ['names what a proxy was called by', {}, { ...proxy, ...forwarded }, 'https://gw.example', true],
    ['is not what a stranger claims', {}, { ...stranger, ...forwarded }, 'https://gw.example', false],
    ['is PUBLIC_URL', { publicUrl: 'https://gw.example' }, { host: 'app:8000' }, 'https://gw.example', true],
    ['is no other site', { publicUrl: 'https://gw.example' }, { host: 'app' }, 'https://evil.example', false],
    ['is no sandboxed page', {}, { host: 'gw.example' }, 'null', false],
    ['has the same port', {}, { host: 'gw.example:8000' }, 'http://gw.example:9000', false],
  ])('%s', (_rule, fixed, headers, origin, expected) => {
    expect(isOwnOrigin(place(fixed), called(headers), origin)).toBe(expected);
  });
});

describe('the origin of the gateway itself', () => {
  test.each([
    ['is not the server that has the files', { baseUrl: 'https://cdn.example' }, 'http://gw.example'],
    [
      'is PUBLIC_URL',
      { baseUrl: 'https://cdn.example', publicUrl: 'https://ai.example/' },
      'https://ai.example',
    ],
  ])('%s', (_rule, fixed, origin) => {
    expect(ownOrigin(place(fixed), called({ host: 'gw.example' }))).toBe(origin);
  });
});
