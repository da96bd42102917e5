import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { takeFrame } from './frame';

let place: string;
beforeEach(async () => {
  place = await mkdtemp(join(tmpdir(), 'flow2api-frame-'));
});
afterEach(() => rm(place, { recursive: true, force: true }));

/** A shell script in the place of ffmpeg. */
async function program(body: string): Promise<string> {
  const path = join(place, 'ffmpeg');
  await writeFile(path, `#!/bin/sh\n${body}\n`);
  await chmod(path, 0o755);
  return path;
}

const video = { path: '/dev/null', contentType: 'video/mp4', side: 512 };
const never = () => new AbortController().signal;
/** A process of the script that goes on for long, with the outputs of the script, and notes its id. */
const helper = () => `sleep 60 & echo $! > '${join(place, 'helper')}'`;
const isHelperAlive = async () => {
  const pid = Number(await readFile(join(place, 'helper'), 'utf8'));
  // What was killed may not have been waited for yet.
  return readFile(`/proc/${pid}/stat`, 'utf8').then(
    (stat) => !/\) [ZX] /.test(stat),
    () => false,
  );
};

describe('a program that starts others', () => {
  test('gives its frame, whoever still has its output open', async () => {
    const path = await program(`${helper()}\nprintf frame`);
    expect(await takeFrame(path, video, never())).toEqual({ type: 'frame', png: Buffer.from('frame') });
    await expect.poll(isHelperAlive).toBe(false);
  });

  test('is ended with all of them when it takes too long', async () => {
    const path = await program(`${helper()}\nwait`);
    const frame = await takeFrame(path, video, never(), 300);
    expect(frame).toMatchObject({ type: 'failed', error: { message: expect.stringContaining('300 ms') } });
    await expect.poll(isHelperAlive).toBe(false);
  });

  test('is ended with all of them when nobody wants the frame any more', async () => {
    const path = await program(`${helper()}\nwait`);
    const control = new AbortController();
    const frame = takeFrame(path, video, control.signal);
    await expect.poll(() => isHelperAlive().catch(() => false)).toBe(true);
    control.abort(new Error('the process ends'));
    await expect(frame).rejects.toThrow('the process ends');
    await expect.poll(isHelperAlive).toBe(false);
  });
});

test('a program that is not there is missing; one that fails says how', async () => {
  expect(await takeFrame(join(place, 'none'), video, never())).toEqual({ type: 'missing' });
  const path = await program('echo broken >&2; exit 3');
  expect(await takeFrame(path, video, never())).toMatchObject({
    type: 'failed',
    error: { message: expect.stringMatching(/exit 3.*broken/s) },
  });
});
