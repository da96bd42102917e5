import { afterEach, describe, expect, test } from 'vitest';
import { type Simulator, startSimulator } from '../simulator/server';
import { startTestProgram, type TestProgram, type TestProgramOptions, until } from '../support/test-runtime';

let program: TestProgram;
const start = async (options?: TestProgramOptions) => {
  program = await startTestProgram({
    ...options,
    settings: { 'flow.adoption_grace': 3, ...options?.settings },
  });
  return program;
};
afterEach(() => program.stop());

const kinds = [
  ['a video', 'veo_3_1_t2v_fast_landscape', 't2v'],
  ['a picture', 'gemini-3.1-flash-image', 'batchGenerateImages'],
] as const;

describe.each(kinds)('when the answer to the submit of %s is lost', (_kind, model, call) => {
  test.each([
    ['the connection breaks after it was sent', { type: 'reset', when: 'after' }],
    ['the answer ends in the middle', { type: 'truncated' }],
  ] as const)('it is found in the listing and delivered: %s', async (_how, effect) => {
    const { addAccount, submit, events, simulator } = await start();
    await addAccount();
    simulator.inject({ call, effect });
    const id = await submit({ model });
    expect((await events(id)).at(-1)).toMatchObject({ type: 'completed' });
    expect(simulator.stats().operations).toHaveLength(1);
  });

  test('it is found although the listing shows it late', async () => {
    const { addAccount, submit, events, simulator } = await start({
      simulator: { listingDelayMs: 4_000 },
      settings: { 'flow.adoption_grace': 20 },
    });
    await addAccount();
    simulator.inject({ call, effect: { type: 'reset', when: 'after' } });
    const id = await submit({ model });
    expect((await events(id)).at(-1)).toMatchObject({ type: 'completed' });
    expect(simulator.stats().operations).toHaveLength(1);
  });

  test('without a listing it ends as unknown, and is not sent again', async () => {
    const { addAccount, submit, events, job, simulator } = await start({
      simulator: { listing: 'withheld' },
    });
    await addAccount();
    simulator.inject({ call, effect: { type: 'reset', when: 'after' } });
    const id = await submit({ model });
    expect((await events(id)).at(-1)).toMatchObject({
      type: 'failed',
      error: { code: 'submission_unknown' },
      accepted: true,
    });
    expect(simulator.stats().operations).toHaveLength(1);
    expect(await job(id)).toMatchObject({ state: 'failed', occupies: false });
  });

  test('when the listing answers and never has it, it ends as unknown after the grace time', async () => {
    const { addAccount, submit, events, simulator } = await start();
    await addAccount();
    simulator.inject({ call, effect: { type: 'reset', when: 'before' } });
    const id = await submit({ model });
    expect((await events(id)).at(-1)).toMatchObject({
      type: 'failed',
      error: { code: 'submission_unknown' },
    });
    expect(simulator.stats().operations).toHaveLength(0);
    expect(simulator.stats().calls.find((entry) => entry.call === call)?.count).toBe(1);
  });
});

describe('when the process dies', () => {
  let simulator: Simulator;
  const place = async (first: TestProgram) => ({
    dataDir: first.runtime.env.dataDir,
    databaseUrl: `file:${first.runtime.env.dataDir}/flow2api.db`,
  });

  test('while a video runs, the next process polls on and delivers it', async () => {
    simulator = await startSimulator({ render: false, videoDurationMs: 2_000 });
    const first = await startTestProgram({ simulator });
    await first.addAccount();
    const id = await first.submit({ model: 'veo_3_1_t2v_fast_landscape' });
    await until(async () => (await first.job(id)).handle !== null);
    await first.runtime.life.drain('the test ends it');
    program = await startTestProgram({ simulator, place: await place(first) });
    expect((await program.events(id)).at(-1)).toMatchObject({ type: 'completed' });
    expect(simulator.stats().operations).toHaveLength(1);
    await simulator.close();
  });

  test('between two uploads, the next one uploads only what is missing', async () => {
    simulator = await startSimulator({ render: false, videoDurationMs: 50 });
    const { references } = await import('../support/pictures');
    const first = await startTestProgram({ simulator });
    await first.addAccount();
    simulator.inject({ call: 'uploadImage', after: 1, effect: { type: 'slow', delayMs: 1_500 } });
    const id = await first.submit({ model: 'veo_3_1_r2v_fast', references: await references(3) });
    await until(async () => (await first.job(id)).uploads.length === 1);
    await first.runtime.life.drain('the test ends it');
    program = await startTestProgram({ simulator, place: await place(first) });
    expect((await program.events(id)).at(-1)).toMatchObject({ type: 'completed' });
    const [operation] = simulator.stats().operations;
    expect(new Set(operation?.referenceMediaIds).size).toBe(3);
    expect(simulator.stats().operations).toHaveLength(1);
    await simulator.close();
  });
});

test('a stop waits for a submit under way, so that its answer is not lost', async () => {
  const simulator = await startSimulator({ render: false, videoDurationMs: 50 });
  const first = await startTestProgram({ simulator });
  await first.addAccount();
  simulator.inject({ call: 't2v', effect: { type: 'slow', delayMs: 800 } });
  const id = await first.submit({ model: 'veo_3_1_t2v_fast_landscape' });
  await until(async () => (await first.job(id)).intent !== null);
  await first.runtime.life.drain('the test ends it');
  program = await startTestProgram({
    simulator,
    place: {
      dataDir: first.runtime.env.dataDir,
      databaseUrl: `file:${first.runtime.env.dataDir}/flow2api.db`,
    },
  });
  expect((await program.job(id)).handle).not.toBeNull();
  expect((await program.events(id)).at(-1)).toMatchObject({ type: 'completed' });
  expect(simulator.stats().operations).toHaveLength(1);
  await simulator.close();
});
