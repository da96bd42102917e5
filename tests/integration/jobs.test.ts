import { afterEach, describe, expect, test } from 'vitest';
import { startTestProgram, type TestProgram, type TestProgramOptions } from '../support/test-runtime';

let program: TestProgram | undefined;
const start = async (options?: TestProgramOptions) => {
  program = await startTestProgram(options);
  return program;
};
afterEach(async () => {
  await program?.stop();
  program = undefined;
});

describe.each(['sqlite', 'postgres'] as const)('a job on %s', (dialect) => {
  test('a text becomes a stored picture', async () => {
    const { addAccount, submit, events, job, simulator } = await start({ dialect });
    await addAccount();
    const id = await submit({ model: 'gemini-3.1-flash-image' });
    const all = await events(id);
    const last = all.at(-1);
    expect(last).toMatchObject({ type: 'completed', media: [{ kind: 'image', contentType: 'image/png' }] });
    expect(all.filter(({ type }) => type === 'step').map((event) => 'step' in event && event.step)).toEqual([
      'account_selected',
      'generating',
      'saving',
    ]);
    expect(await job(id)).toMatchObject({ state: 'completed', occupies: false, leaseOwner: null });
    expect(simulator.stats().operations).toHaveLength(1);
    expect(simulator.stats().refusals).toEqual([]);
  });

  test('a prompt may hold any character', async () => {
    const { addAccount, submit, events, job } = await start({ dialect });
    await addAccount();
    const id = await submit({
      model: 'gemini-3.1-flash-image',
      prompt: 'Ein 😀\0 „Zitat“ \u202e 漢字 \ud800',
    });
    expect((await events(id)).at(-1)).toMatchObject({ type: 'completed' });
    expect((await job(id)).prompt).toContain('漢字');
  });

  test('a text becomes a stored video', async () => {
    const { addAccount, submit, events, job, simulator } = await start({ dialect });
    await addAccount();
    const id = await submit({ model: 'veo_3_1_t2v_fast_portrait' });
    const all = await events(id);
    expect(all.at(-1)).toMatchObject({
      type: 'completed',
      media: [{ kind: 'video', contentType: 'video/mp4' }],
    });
    expect(await job(id)).toMatchObject({ state: 'completed', credits: 20 });
    expect(simulator.stats().refusals).toEqual([]);
  });
});
