import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ensureDataDirectory } from '../../scripts/lib/data-directory.mjs';

let base: string;

beforeEach(() => {
  base = fs.mkdtempSync(path.join(os.tmpdir(), 'flow2api-data-'));
});
afterEach(() => fs.rmSync(base, { recursive: true }));

test('a missing data directory is made for its owner only, and left empty', () => {
  const directory = path.join(base, 'deep', 'data');
  ensureDataDirectory(directory, 'npm start');
  expect(fs.statSync(directory).mode & 0o777).toBe(0o700);
  expect(fs.readdirSync(directory)).toEqual([]);
});

test('one that cannot be made is refused with what to do', () => {
  const file = path.join(base, 'file');
  fs.writeFileSync(file, '');
  expect(() => ensureDataDirectory(path.join(file, 'data'), 'npm start')).toThrow(
    /cannot be made \(ENOTDIR\)[\s\S]*DATA_DIR=\/path\/to\/data npm start/,
  );
});
