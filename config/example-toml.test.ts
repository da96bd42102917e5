import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { exampleFiles, exampleToml } from './example-toml';
import { defaultSettings } from './settings-schema';
import { readToml } from './toml';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'example-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function read(text: string) {
  const file = join(folder, 'setting.toml');
  writeFileSync(file, text);
  return readToml(file, true);
}

test.each(Object.entries(exampleFiles()))('%s is what scripts/settings-example.ts gives', (name, text) => {
  expect(readFileSync(new URL(name, import.meta.url), 'utf8')).toBe(text);
});

test('an example that is copied as it is changes nothing', () => {
  expect(read(exampleToml('Title.'))).toEqual({ values: {}, bootstrap: {}, notes: [] });
});

test('every line of an example, switched on, is the default', () => {
  const switchedOn = exampleToml('Title.').replace(/^# (?=[a-z0-9_]+ = )/gm, '');
  expect(read(switchedOn)).toEqual({ values: defaultSettings(), bootstrap: {}, notes: [] });
});

test('the WARP example switches the proxy on', () => {
  expect(read(exampleFiles()['setting_warp.example.toml'] ?? '').values).toEqual({
    'proxy.enabled': true,
    'proxy.url': 'socks5://warp:1080',
  });
});
