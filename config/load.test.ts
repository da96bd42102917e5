import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadConfig } from './load';
import { mergeSettings } from './settings-schema';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'load-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const text = '[server]\nhost = "127.0.0.1"\nport = 9000\n[flow]\ntimeout = 60\npoll_interval = 5\n';

test('variable, file and default come together in this order', () => {
  const file = join(folder, 'my.toml');
  writeFileSync(file, text);
  const config = loadConfig({ CONFIG_FILE: file, PORT: '9001', FLOW_TIMEOUT: '90' });
  expect(config.env).toMatchObject({ host: '127.0.0.1', port: 9_001 });
  const { values, sources } = mergeSettings({
    toml: config.file.values,
    environment: config.env.settingOverrides,
  });
  expect(values).toMatchObject({ 'flow.timeout': 90, 'flow.poll_interval': 5, 'flow.poll_batch': 100 });
  expect(sources).toMatchObject({
    'flow.timeout': 'environment',
    'flow.poll_interval': 'file',
    'flow.poll_batch': 'default',
  });
});

test('a file that was named and is not there stops the start', () => {
  expect(() => loadConfig({ CONFIG_FILE: join(folder, 'other.toml') })).toThrow(
    /^CONFIG_FILE: .* does not exist\./,
  );
});
