import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

let data: string;

beforeEach(() => {
  data = fs.mkdtempSync(path.join(os.tmpdir(), 'flow2api-run-'));
});
afterEach(() => fs.rmSync(data, { recursive: true }));

const run = (task: string, env: Record<string, string>) =>
  spawnSync(process.execPath, ['scripts/run.mjs', task], {
    cwd: path.resolve(import.meta.dirname, '..', '..'),
    env: { ...process.env, ...env },
    encoding: 'utf8',
  });

test('a task that does not exist is refused with those that do', () => {
  const { status, stderr } = run('fly', {});
  expect(status).toBe(1);
  expect(stderr).toContain('start, demo, dev, test, check, bench, build, db:generate');
});

test('a port that is taken ends the start before the build', async () => {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as net.AddressInfo;
  try {
    const { status, stderr } = run('start', { HOST: '127.0.0.1', PORT: String(port), DATA_DIR: data });
    expect(status).toBe(1);
    expect(stderr).toContain(`PORT=${port + 1} npm start`);
    expect(stderr).not.toContain('building');
  } finally {
    server.close();
  }
});

test('a data directory that cannot be made ends the start', () => {
  const file = path.join(data, 'file');
  fs.writeFileSync(file, '');
  const { status, stderr } = run('start', { DATA_DIR: path.join(file, 'data') });
  expect(status).toBe(1);
  expect(stderr).toContain('DATA_DIR=/path/to/data npm start');
});
