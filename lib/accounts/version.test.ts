import { expect, test } from 'vitest';
import { accountRow } from '@/tests/support/account-row';
import { hideCredentials } from './detail';
import { versionOf } from './version';

test.each([
  ['a remark', { remark: 'other' }],
  ['a switch', { imageEnabled: false }],
  ['a limit', { videoConcurrency: 2 }],
  ['a new session token', { sessionTokenReplacedAt: new Date(1) }],
])('%s makes another version', (_what, part) => {
  expect(versionOf(accountRow(part))).not.toBe(versionOf(accountRow()));
});

test.each([
  ['credits', { credits: 3 }],
  ['an error', { errorStreak: 1, lastErrorAt: new Date(1), updatedAt: new Date(1) }],
  ['a fresh access token', { accessTokenSealed: 'other' }],
])('%s makes none', (_what, part) => {
  expect(versionOf(accountRow(part))).toBe(versionOf(accountRow()));
});

test.each([
  ['user and password', 'http://user:geheim@proxy:8080', 'http://user:••••@proxy:8080'],
  ['a user alone', 'socks5://user@proxy:1080', 'socks5://user@proxy:1080'],
  ['none', 'http://proxy:8080', 'http://proxy:8080'],
])('a proxy with %s is shown without its password', (_what, url, shown) => {
  expect(hideCredentials(url)).toBe(shown);
});
