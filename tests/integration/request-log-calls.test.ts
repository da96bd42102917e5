import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { listUpstreamCalls } from '@/db/repositories/upstream-calls';
import { makeDebugFile } from '@/lib/observability/debug-file';
import type { Runtime } from '@/lib/runtime';
import { dataUrl, picture } from '../support/pictures';
import { startTestProgram, type TestProgram, type TestProgramOptions } from '../support/test-runtime';

const image = 'gemini-3.1-flash-image';
const video = 'veo_3_1_t2v_fast_landscape';
const secrets = /ya29\.|eyJ[A-Za-z0-9_-]{20}/;

let program: TestProgram;
const start = async (options?: TestProgramOptions) => {
  program = await startTestProgram(options);
  return program;
};
afterEach(() => program.stop());

const callsOf = async (jobId: string) => {
  await program.runtime.upstreamCalls.flush();
  return listUpstreamCalls(program.runtime.db, { jobId, limit: 100 });
};
const names = (rows: { path: string }[]) => rows.map(({ path }) => path.split(/[/:]/).at(-1));
const large = async () => {
  const bytes = await picture({ width: 1_200, height: 800, format: 'png' });
  return { type: 'url' as const, url: dataUrl(Buffer.concat([bytes, Buffer.alloc(40_000)])) };
};

describe.each(['sqlite', 'postgres'] as const)('the calls of a job on %s', (dialect) => {
  test('are kept in order, each with the job and the account that it was made for', async () => {
    const { addAccount, submit, events } = await start({ dialect });
    const { id: accountId } = await addAccount();
    const ids = await Promise.all([submit({ model: image }), submit({ model: video })]);
    for (const id of ids) await events(id);
    const [ofImage, ofVideo] = await Promise.all(ids.map(callsOf));
    expect(names(ofImage ?? [])).toContain('batchGenerateImages');
    expect(names(ofVideo ?? [])[0]).toBe('batchAsyncGenerateVideoText');
    // Of all polls the one that told the end.
    expect(names(ofVideo ?? []).filter((name) => name?.startsWith('batchCheck'))).toHaveLength(1);
    for (const row of [...(ofImage ?? []), ...(ofVideo ?? [])]) expect(row.accountId).toBe(accountId);
  });

  test('hold no body unless it is asked for', async () => {
    const { addAccount, submit, events } = await start({ dialect });
    await addAccount();
    const id = await submit({ model: image });
    await events(id);
    for (const row of await callsOf(id)) expect([row.request, row.response]).toEqual([null, null]);
  });

  test('hold bodies without tokens and without files where the setting says so', async () => {
    const { addAccount, submit, events } = await start({
      dialect,
      settings: { 'request_log.record_bodies': true },
    });
    await addAccount();
    const id = await submit({ model: image, prompt: 'a fox and a ghost', references: [await large()] });
    expect((await events(id)).at(-1)).toMatchObject({ type: 'completed' });
    const rows = await callsOf(id);
    const text = JSON.stringify(rows);
    expect(text).toContain('a fox');
    expect(text).toMatch(/‹image\/png, [\d.]+ kB›/);
    expect(text).not.toMatch(secrets);
    expect(text).not.toMatch(/[A-Za-z0-9+/]{1024}/);
  });
});

test('a call that had no answer is kept with its error', async () => {
  const { addAccount, submit, events, simulator } = await start();
  await addAccount();
  simulator.inject({ call: 'batchGenerateImages', effect: { type: 'status', status: 500 } });
  simulator.inject({ call: 'batchGenerateImages', after: 1, effect: { type: 'reset', when: 'before' } });
  const id = await submit({ model: image });
  await events(id);
  expect(
    (await callsOf(id)).map(({ status, error }) => status ?? (error === null ? 'nothing' : 'error')),
  ).toEqual(expect.arrayContaining([500]));
});

describe('the debug file', () => {
  const path = () => join(program.runtime.env.dataDir, 'debug.log');
  const written = async () => {
    await program.runtime.debugFile.flush();
    return readFile(path(), 'utf8').catch(() => '');
  };
  const generate = async () => {
    const id = await program.submit({ model: image, prompt: 'a heron' });
    await program.events(id);
  };

  test('does not exist until it is switched on, and is switched while the program runs', async () => {
    const { addAccount, runtime } = await start();
    await addAccount();
    await generate();
    expect(await written()).toBe('');
    await runtime.settings.update({ 'debug.enabled': true });
    await generate();
    const text = await written();
    expect(text).toContain('batchGenerateImages -> 200');
    expect(text).toContain('a heron');
    await runtime.settings.update({ 'debug.enabled': false });
    await generate();
    expect(await written()).toBe(text);
    expect((await stat(path())).mode & 0o077).toBe(0);
  });

  test('hides secrets, and shows them only where the operator says so', async () => {
    const { addAccount, runtime } = await start({ settings: { 'debug.enabled': true } });
    await addAccount();
    await generate();
    expect(await written()).not.toMatch(secrets);
    expect(await written()).toContain('authorization: ‹redacted›');
    await runtime.settings.update({ 'debug.mask_token': false });
    await generate();
    expect(await written()).toMatch(/authorization: Bearer ya29\./);
  });

  test('leaves out requests and responses where the settings say so', async () => {
    const { addAccount } = await start({
      settings: { 'debug.enabled': true, 'debug.log_requests': false, 'debug.log_responses': false },
    });
    await addAccount();
    await generate();
    const text = await written();
    expect(text).toContain('batchGenerateImages -> 200');
    expect(text).not.toMatch(/^[<>]/m);
  });

  const clocked = async (settings: TestProgramOptions['settings'], saved: boolean) => {
    const { runtime } = await start({ services: false, ...(settings === undefined ? {} : { settings }) });
    let now = Date.now();
    const file = makeDebugFile({
      path: path(),
      settings: runtime.settings,
      now: () => new Date(now),
      log: runtime.log,
    });
    if (saved) await runtime.settings.update({ 'debug.enabled': true });
    return {
      file,
      runtime: runtime as Pick<Runtime, 'settings'>,
      pass: (ms: number) => {
        now += ms;
      },
    };
  };
  const halfHour = 30 * 60_000;

  test('turns itself off after 30 minutes', async () => {
    const { file, runtime, pass } = await clocked(undefined, true);
    pass(halfHour - 1);
    expect([file.isOn, await file.endIfOver()]).toEqual([true, false]);
    pass(1);
    expect([file.isOn, await file.endIfOver()]).toEqual([false, true]);
    expect(runtime.settings.current()['debug.enabled']).toBe(false);
  });

  test('stays on where it is to be kept on', async () => {
    const { file, pass } = await clocked({ 'debug.keep_on': true }, true);
    pass(10 * halfHour);
    expect([file.isOn, await file.endIfOver()]).toEqual([true, false]);
  });

  test('falls silent after 30 minutes where the environment holds it on', async () => {
    const { file, pass } = await clocked({ 'debug.enabled': true }, false);
    pass(halfHour);
    expect([await file.endIfOver(), file.isOn]).toEqual([true, false]);
  });

  test('is bounded: three files of a size', async () => {
    const { runtime } = await start({ services: false, settings: { 'debug.enabled': true } });
    const file = makeDebugFile({ ...runtime, path: path() }, { largestFileBytes: 500 });
    for (let count = 0; count < 30; count += 1) {
      file.write({
        at: new Date(),
        durationMs: 1,
        method: 'GET',
        url: `https://upstream.example/${'x'.repeat(200)}`,
        isProxied: false,
        requestHeaders: {},
        status: 200,
      });
      await file.flush();
    }
    const files = (await readdir(runtime.env.dataDir)).filter((name) => name.startsWith('debug.log'));
    expect(files.toSorted()).toEqual(['debug.log', 'debug.log.1', 'debug.log.2']);
    for (const name of files) expect((await stat(join(runtime.env.dataDir, name))).size).toBeLessThan(1_000);
  });
});
