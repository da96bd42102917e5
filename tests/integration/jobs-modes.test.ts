import sharp from 'sharp';
import { afterEach, describe, expect, test } from 'vitest';
import { references } from '../support/pictures';
import { startTestProgram, type TestProgram, type TestProgramOptions } from '../support/test-runtime';

let program: TestProgram;
const start = async (options?: TestProgramOptions) => {
  program = await startTestProgram(options);
  return program;
};
afterEach(() => program.stop());

const modes = [
  ['a picture from a text', 'gemini-3.1-flash-image', 0, 'batchGenerateImages', 'NARWHAL'],
  ['a picture from two pictures', 'gemini-3.1-flash-image', 2, 'batchGenerateImages', 'NARWHAL'],
  ['a video from a text', 'veo_3_1_t2v_fast_landscape', 0, 't2v', 'veo_3_1_t2v_fast'],
  ['a video from its first frame', 'veo_3_1_i2v_s_fast_fl', 1, 'startImage', 'veo_3_1_i2v_s_fast'],
  [
    'a video from first and last frame',
    'veo_3_1_i2v_s_fast_fl',
    2,
    'startAndEndImage',
    'veo_3_1_i2v_s_fast_fl',
  ],
  ['a video from one reference', 'veo_3_1_r2v_fast', 1, 'referenceImages', 'veo_3_1_r2v_fast_landscape'],
  ['a video from three references', 'veo_3_1_r2v_fast', 3, 'referenceImages', 'veo_3_1_r2v_fast_landscape'],
] as const;

describe('in August 2026', () => {
  test.each(modes)('%s', async (_name, model, count, call, modelKey) => {
    const { addAccount, submit, events, simulator } = await start();
    await addAccount();
    const id = await submit({ model, references: await references(count) });
    expect((await events(id)).at(-1)).toMatchObject({ type: 'completed' });
    const { operations, refusals } = simulator.stats();
    expect(refusals).toEqual([]);
    expect(operations).toMatchObject([{ call, modelKey }]);
    expect(operations[0]?.referenceMediaIds).toHaveLength(count);
    expect(new Set(operations[0]?.referenceMediaIds).size).toBe(count);
  });
});

const december = [
  ['a picture from a text', 'gemini-3.0-pro-image-landscape', 0, 'batchGenerateImages', 'GEM_PIX_2'],
  ['a picture from two pictures', 'gemini-2.5-flash-image-portrait', 2, 'batchGenerateImages', 'GEM_PIX'],
  ['a video from a text', 'veo_2_0_t2v_portrait', 0, 't2v', 'veo_2_0_t2v'],
  [
    'a video from its first frame',
    'veo_3_1_i2v_s_fast_fl_landscape',
    1,
    'startAndEndImage',
    'veo_3_1_i2v_s_fast_fl',
  ],
  [
    'a video from first and last frame',
    'veo_3_1_i2v_s_fast_fl_portrait',
    2,
    'startAndEndImage',
    'veo_3_1_i2v_s_fast_fl',
  ],
  ['a video from references', 'veo_3_0_r2v_fast_portrait', 2, 'referenceImages', 'veo_3_0_r2v_fast'],
] as const;

describe('in December 2025', () => {
  test.each(december)('%s', async (_name, model, count, call, modelKey) => {
    const { addAccount, submit, events, simulator } = await start({ simulator: { era: '2025-12' } });
    await addAccount();
    const id = await submit({ model, references: await references(count) });
    expect((await events(id)).at(-1)).toMatchObject({ type: 'completed' });
    expect(simulator.stats().operations).toMatchObject([{ call, modelKey }]);
  });
});

describe('an upscale is a step of its own', () => {
  test('of a picture: the stored file has double the size', async () => {
    const { addAccount, submit, events, runtime, simulator } = await start();
    await addAccount();
    const id = await submit({ model: 'gemini-3.0-pro-image-landscape-2k' });
    const all = await events(id);
    expect(all.flatMap((event) => (event.type === 'step' ? [event.step] : []))).toEqual([
      'account_selected',
      'generating',
      'upscaling',
      'saving',
    ]);
    const last = all.at(-1);
    if (last?.type !== 'completed') throw new Error(JSON.stringify(last));
    expect(last.media).toMatchObject([{ contentType: 'image/jpeg', width: 2752, height: 1536 }]);
    const [file] = last.media;
    const stored = await runtime.media.read(`${file?.id.slice(0, 2)}/${file?.id}.jpg`);
    expect(await sharp(stored).metadata()).toMatchObject({ width: 2752, height: 1536, format: 'jpeg' });
    expect(simulator.stats().refusals).toEqual([]);
  });

  test.each(['sqlite', 'postgres'] as const)(
    'of a video, on %s: generated, then upscaled, then stored',
    async (dialect) => {
      const { addAccount, submit, events, job, simulator } = await start({ dialect });
      await addAccount();
      const id = await submit({ model: 'veo_3_1_t2v_fast_1080p' });
      const all = await events(id);
      expect(all.flatMap((event) => (event.type === 'step' ? [event.step] : []))).toEqual([
        'account_selected',
        'submitting',
        'generating',
        'upscaling',
        'saving',
      ]);
      expect(all.at(-1)).toMatchObject({
        type: 'completed',
        media: [{ role: 'result', contentType: 'video/mp4' }],
      });
      expect(simulator.stats().operations.map(({ call }) => call)).toEqual(['t2v', 'upsampleVideo']);
      expect(await job(id)).toMatchObject({ occupies: false });
    },
  );

  test('that fails keeps what was paid for, and says so', async () => {
    const { addAccount, submit, events, simulator } = await start();
    await addAccount();
    simulator.inject({
      call: 'upsampleVideo',
      effect: {
        type: 'pollStatus',
        status: 'MEDIA_GENERATION_STATUS_FAILED',
        reason: 'PUBLIC_ERROR_SOMETHING_WENT_WRONG',
      },
    });
    const id = await submit({ model: 'veo_3_1_t2v_fast_1080p' });
    expect((await events(id)).at(-1)).toMatchObject({
      type: 'failed',
      error: { code: 'upstream_failed' },
      media: [{ role: 'base', contentType: 'video/mp4' }],
      accepted: true,
    });
    expect(simulator.stats().operations).toHaveLength(2);
  });
});

test('a video goes on from an earlier one, on the account that made it', async () => {
  const { addAccount, submit, events, job, simulator } = await start();
  await addAccount();
  await addAccount();
  const first = await submit({ model: 'veo_3_1_t2v_fast_landscape' });
  const end = (await events(first)).at(-1);
  const source = end?.type === 'completed' ? end.media[0]?.id : undefined;
  if (source === undefined) throw new Error('no video to extend');
  const next = await submit({ model: 'veo_3_1_extend', sourceVideo: source });
  expect((await events(next)).at(-1)).toMatchObject({ type: 'completed' });
  expect((await job(next)).accountId).toBe((await job(first)).accountId);
  expect(simulator.stats().refusals).toEqual([]);
});

test('a video is not extended into another shape: refused before anything is charged', async () => {
  const { addAccount, submit, events, simulator } = await start();
  await addAccount();
  const end = (await events(await submit({ model: 'veo_3_1_t2v_fast_landscape' }))).at(-1);
  const source = end?.type === 'completed' ? end.media[0]?.id : undefined;
  if (source === undefined) throw new Error('no video to extend');
  await expect(submit({ model: 'veo_3_1_extend_portrait', sourceVideo: source })).rejects.toMatchObject({
    code: 'invalid_request',
    param: 'aspect_ratio',
  });
  expect(simulator.stats().operations).toHaveLength(1);
});
