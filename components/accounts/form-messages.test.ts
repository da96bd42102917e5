import { expect, test } from 'vitest';
import type { z } from 'zod';
import {
  addAccount,
  checkAccount,
  createAccountProject,
  editAccount,
  previewImport,
} from '@/lib/admin-api/accounts';
import en from '@/lib/messages/en/accounts.json' with { type: 'json' };
import { formMessages } from './use-account-words';

test('each message of a form reads in English as the contract has it', () => {
  for (const [text, key] of Object.entries(formMessages)) expect(en.form[key]).toBe(text);
});

const long = 'x'.repeat(201);

test.each([
  ['no token', checkAccount.body, { session_token: '' }],
  ['a strange token', checkAccount.body, { session_token: 'a b c!' }],
  ['a proxy without scheme', checkAccount.body, { session_token: 'eyJhbGciOi', proxy_url: 'host:1' }],
  ['no number', editAccount.body, { image_concurrency: Number.NaN }],
  ['too large a number', editAccount.body, { video_concurrency: 1_001 }],
  ['a long remark', addAccount.body, { session_token: 'eyJhbGciOi', remark: long }],
  ['a project id with a slash', editAccount.body, { project_id: 'a/b' }],
  ['an empty title', createAccountProject.body, { title: '' }],
  ['a long title', createAccountProject.body, { title: long }],
  ['a file that is no list', previewImport.body, { accounts: {} }],
  ['an empty file', previewImport.body, { accounts: [] }],
] as const)('%s is told in both languages', (_what, schema: z.ZodType, body) => {
  const issues = schema.safeParse(body).error?.issues ?? [];
  expect(issues.length).toBeGreaterThan(0);
  for (const { message } of issues) expect(Object.keys(formMessages)).toContain(message);
});
