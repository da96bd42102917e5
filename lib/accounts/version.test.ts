import { expect, test } from 'vitest';
import { accountRow } from '@/tests/support/account-row';
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
