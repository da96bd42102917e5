import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { hashFiles } from '../../scripts/lib/hash.mjs';

let base: string;

beforeEach(() => {
  base = fs.mkdtempSync(path.join(os.tmpdir(), 'flow2api-hash-'));
  write('lib/a.ts', 'one');
  write('config/setting.example.toml', 'two');
});
afterEach(() => fs.rmSync(base, { recursive: true }));

const write = (name: string, text: string) => {
  const file = path.join(base, name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, text);
};
const hash = () => hashFiles(base, ['config', 'lib', 'proxy.ts']);

test.each([
  ['a changed file', () => write('lib/a.ts', 'other')],
  ['a new file', () => write('lib/b.ts', '')],
  ['a new folder', () => write('lib/deep/b.ts', '')],
  ['a single file that was absent', () => write('proxy.ts', '')],
  ['a file that moved', () => fs.renameSync(path.join(base, 'lib/a.ts'), path.join(base, 'lib/c.ts'))],
  ['a file that is gone', () => fs.rmSync(path.join(base, 'lib/a.ts'))],
])('%s changes the value', (_what, change) => {
  const before = hash();
  change();
  expect(hash()).not.toBe(before);
});

test.each([
  ['the time of a file', () => fs.utimesSync(path.join(base, 'lib/a.ts'), 1, 1)],
  ['a test', () => write('lib/a.test.ts', 'test')],
  ["the operator's settings", () => write('config/setting.toml', 'port = 1')],
  ['a hidden file', () => write('lib/.a.ts.swp', '')],
  ['a file elsewhere', () => write('docs/a.md', '')],
])('%s does not change the value', (_what, change) => {
  const before = hash();
  change();
  expect(hash()).toBe(before);
});
