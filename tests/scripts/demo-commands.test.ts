import { execFile } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { pictureCommand, videoCommand } from '../../scripts/lib/demo-commands.mjs';

const bash = (command: string) => promisify(execFile)('bash', ['-c', command], { cwd: folder });
let folder: string;
let server: http.Server;
let content: (url: string) => string;

beforeEach(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'flow2api-demo-commands-'));
  server = http.createServer((request, response) => {
    if (request.method === 'GET') return response.end(`file ${request.url}`);
    const message = { role: 'assistant', content: content(`http://${request.headers.host}/media/`) };
    return response
      .setHeader('content-type', 'application/json')
      .end(JSON.stringify({ choices: [{ message }] }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(() => {
  server.close();
  fs.rmSync(folder, { recursive: true });
});

const url = () => `http://localhost:${(server.address() as AddressInfo).port}`;

test('the picture command saves the picture that the answer names', async () => {
  content = (media) => `![image](${media}abc123.png)`;
  await bash(pictureCommand(url(), 'sk-demo-1'));
  expect(fs.readFileSync(path.join(folder, 'picture.png'), 'utf8')).toBe('file /media/abc123.png');
});

test('the video command saves the video out of an HTML element', async () => {
  content = (media) => `<video src='${media}def456.mp4' controls></video>`;
  await bash(videoCommand(url(), 'sk-demo-1'));
  expect(fs.readFileSync(path.join(folder, 'video.mp4'), 'utf8')).toBe('file /media/def456.mp4');
});

test('an answer without a result is shown, and the command fails', async () => {
  content = () => 'no account available';
  await expect(bash(pictureCommand(url(), 'sk-demo-1'))).rejects.toMatchObject({
    stdout: expect.stringContaining('no account available'),
  });
});
