import { expect, test } from 'vitest';
import type { GenerationEvent } from '../generation/types';
import { makeProgressText, spell } from './progress-text';

const lines = (...events: GenerationEvent[]) =>
  events.map(makeProgressText('video')).filter((line) => line !== undefined);
const progress = (elapsedSeconds: number, percent?: number, estimated?: boolean): GenerationEvent => ({
  type: 'progress',
  elapsedSeconds,
  ...(percent === undefined ? {} : { percent }),
  ...(estimated === undefined ? {} : { estimated }),
});

test.each([
  ['a percent of upstream is told as it is', progress(20, 35), 'Progress: 35 %, 20 s elapsed.'],
  [
    'a percent from history is called estimated',
    progress(20, 35, true),
    'Progress: about 35 % (estimated), 20 s elapsed.',
  ],
  ['without a percent the time is told', progress(150), 'Still generating, 2 min 30 s elapsed.'],
  [
    'a place in the queue without a guess has none',
    { type: 'queued', position: 4 },
    'Waiting in the queue: position 4.',
  ],
  [
    'one picture is told as one',
    { type: 'step', step: 'uploading', detail: { count: 1 } },
    'Uploading the reference picture.',
  ],
  [
    'a cancellation that came too late is told',
    { type: 'completed', media: [], cancelRequested: true },
    'The cancellation came too late: the result was already made and is kept.',
  ],
] as [string, GenerationEvent, string][])('%s', (_rule, event, line) => {
  expect(lines(event)).toEqual([line]);
});

test('the same place in the queue is told once', () => {
  expect(
    lines({ type: 'queued', position: 4 }, { type: 'queued', position: 4 }, { type: 'queued', position: 3 }),
  ).toHaveLength(2);
});

test('a percent is told when it rises', () => {
  expect(lines(progress(10, 20), progress(13, 20), progress(16, 19), progress(19, 21))).toHaveLength(2);
});

test('without a percent the time is told every ten seconds', () => {
  expect(lines(progress(0), progress(5), progress(10), progress(14), progress(21))).toHaveLength(3);
});

const step = (name: 'saving' | 'upscaling' | 'concatenating'): GenerationEvent => ({
  type: 'step',
  step: name,
  detail: {},
});

test('while it is joined with what it goes on from nothing is said to be generated', () => {
  const told = [step('concatenating'), progress(0), progress(40, 90), step('saving')].map(
    makeProgressText('video'),
  );
  expect(told.filter((line) => line !== undefined)).toEqual([
    'Joining it with the video that it goes on from.',
    'Saving the result.',
  ]);
});

test.each([
  [false, undefined, []],
  [false, 'Less than wished.', ['Less than wished.']],
  [
    true,
    'Less than wished.',
    [expect.stringMatching(/^The cancellation came too late.*\nLess than wished\.$/s)],
  ],
])('of a completed job, cancelled %s, noted %s', (cancelRequested, note, told) => {
  const end = {
    type: 'completed' as const,
    media: [],
    cancelRequested,
    ...(note === undefined ? {} : { note }),
  };
  expect(lines(end)).toEqual(told);
});

test('once the result is being saved nothing is said to be generated, until a larger one is made', () => {
  const tell = makeProgressText('video');
  const told = [step('saving'), progress(0), progress(20, 90), step('upscaling'), progress(40)].map(tell);
  expect(told.filter((line) => line !== undefined)).toEqual([
    'Saving the result.',
    'Upscaling the result.',
    'Still generating, 40 s elapsed.',
  ]);
});

test.each([
  [0, '0 s'],
  [59.6, '60 s'],
  [119, '119 s'],
  [120, '2 min'],
  [200, '3 min 20 s'],
])('%d seconds are spelled %s', (seconds, text) => {
  expect(spell(seconds)).toBe(text);
});
