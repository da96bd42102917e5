import { describe, expect, test } from 'vitest';
import { resolveModel } from '../models/resolve';
import type { Job } from './job';
import { expectedSeconds, noteOf, partsOf, partsToJoin, phaseAfter, phaseOf } from './phases';

const defaults = { image: 'gemini-3.1-flash-image', video: 'veo-3.1-fast' };
const spec = (id: string, sourceVideo = false) =>
  resolveModel(id, {}, { images: 0, ...(sourceVideo ? { sourceVideo } : {}) }, defaults);
const clip = spec('veo_3_1_t2v_fast_landscape');
const enlarged = spec('veo_3_1_t2v_fast_1080p');
const extension = spec('veo_3_1_extend', true);

const output = (mediaName?: string) => ({
  projectId: 'p',
  ...(mediaName === undefined ? {} : { mediaName }),
});
const part = (mediaName: string, fromSecond = 0, seconds = 8) => ({ mediaName, seconds, fromSecond });
const source = (
  parts?: Job['source'] extends infer S ? (S extends { parts?: infer P } ? P : never) : never,
) => ({
  accountId: 'a',
  mediaName: 'one',
  projectId: 'p',
  ...(parts === undefined ? {} : { parts }),
});
const joined: Job['outcome'] = { phase: 'concatenate', type: 'succeeded', outputs: [output()] };
const failed = (phase: 'concatenate' | 'upscale'): Job['outcome'] => ({
  phase,
  type: 'failed',
  error: { code: 'upstream_failed', message: 'Because.' },
  cancelled: false,
});

test.each([
  ['a video', clip, 'generate', undefined],
  ['a larger one', enlarged, 'generate', 'upscale'],
  ['a larger one', enlarged, 'upscale', undefined],
  ['one that goes on', extension, 'generate', 'concatenate'],
  ['one that goes on', extension, 'concatenate', undefined],
] as const)('of %s (%#), after %s comes %s', (_what, of, phase, next) => {
  expect(phaseAfter({ spec: of }, phase)).toBe(next);
});

test.each([
  [extension, null, 'generate'],
  [extension, [output('two')], 'concatenate'],
  [enlarged, [output('two')], 'upscale'],
  [clip, null, 'generate'],
] as const)('the phase of a job (%#)', (of, base, phase) => {
  expect(phaseOf({ spec: of, base: base === null ? null : [...base] })).toBe(phase);
});

describe('what a stored video is made of', () => {
  const plain = { spec: clip, source: null, base: null, outcome: null };
  const whole = {
    spec: extension,
    source: source([part('one'), part('two', 1)]),
    base: [output('three')],
    outcome: joined,
  };
  const large = { ...plain, spec: enlarged, base: [output('one')] };
  const file = (upstreamName: string | null, role: 'result' | 'base' = 'result') => ({ upstreamName, role });

  test.each([
    ['a clip', plain, file('one'), [part('one')]],
    ['one of no name', plain, file(null), undefined],
    ['one of no fixed length', { ...plain, spec: { ...clip, seconds: undefined } }, file('one'), undefined],
    ['an enlarged one: its original', large, file('one_upsampled'), [part('one')]],
    ['what was made before an upscale failed', large, file('one', 'base'), [part('one')]],
    ['a joined one', whole, file('three'), [part('one'), part('two', 1), part('three', 1)]],
    ['the new clip within it', whole, file('three', 'base'), [part('three')]],
    ['one that was not joined', { ...whole, outcome: failed('concatenate') }, file('three'), [part('three')]],
  ])('%s', (_what, made, of, parts) => {
    expect(partsOf(made as Parameters<typeof partsOf>[0], of)).toEqual(parts);
  });
});

test.each([
  ['a source of one clip', source([part('one')]), [output('two')], [part('one'), part('two', 1)]],
  ['a source of which nothing is known', source(), [output('two')], undefined],
  ['a new clip without a name', source([part('one')]), [output()], undefined],
  ['no new clip', source([part('one')]), null, undefined],
])('what is joined: %s', (_what, from, base, parts) => {
  expect(partsToJoin({ spec: extension, source: from, base })).toEqual(parts);
});

test.each([
  ['a clip', { spec: clip, source: null }, 8],
  ['one after 8 s', { spec: extension, source: source([part('one')]) }, 15],
  ['one after 4 s', { spec: extension, source: source([part('one', 0, 4)]) }, 11],
  ['one after 15 s', { spec: extension, source: source([part('one'), part('two', 1)]) }, 22],
  ['one after who knows what', { spec: extension, source: source() }, 8],
])('how long it is to be: %s', (_what, job, seconds) => {
  expect(expectedSeconds(job)).toBe(seconds);
});

test.each([
  [
    'a join that failed',
    'completed',
    failed('concatenate'),
    expect.stringContaining('joined with the video'),
  ],
  ['a join', 'completed', joined, undefined],
  ['a failed upscale', 'failed', failed('upscale'), undefined],
  ['a join that failed, whose clip is not stored yet', 'running', failed('concatenate'), undefined],
] as const)('what is told of %s', (_what, state, outcome, note) => {
  expect(noteOf({ state, outcome })).toEqual(note);
});
