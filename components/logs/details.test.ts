import { expect, test } from 'vitest';
import { findMatches, jsonText } from './json-text';
import { attemptsOf, splitOf } from './split';
import { timelineLines } from './timeline-entries';

test.each([
  [{ a: 1 }, '{\n  "a": 1\n}'],
  ['data: {}\n\n', 'data: {}\n\n'],
  [undefined, ''],
])('%j is shown as %j', (value, text) => {
  expect(jsonText(value)).toBe(text);
});

test.each([
  ['Boat, boat', 'BOAT', [0, 6]],
  ['aaaa', 'aa', [0, 2]],
  ['a.b', '.', [1]],
  ['İ boat', 'boat', [2]],
  ['x', '', []],
])('%j has %j at %j', (text, search, places) => {
  expect(findMatches(text, search)).toEqual(places);
});

const at = (ms: number) => new Date(Date.parse('2026-11-20T12:00:00Z') + ms).toISOString();
const step = (name: string, from: number, to: number | null, detail = {}) => ({
  type: 'step' as const,
  name,
  detail,
  offset_ms: from,
  started_at: at(from),
  ended_at: to === null ? null : at(to),
});
const call = (from: number, ms: number) => ({
  type: 'call' as const,
  at: at(from),
  duration_ms: ms,
  method: 'POST',
  host: 'h',
  path: '/p',
  status: 200,
  proxied: false,
  error: null,
  request: null,
  response: null,
  offset_ms: from,
});

test('calls are of the submission before them, and bars are shares of the whole', () => {
  const lines = timelineLines(
    [
      step('queued', 0, 100),
      call(100, 100),
      step('submitting', 200, 300, { attempt: 1 }),
      call(210, 50),
      step('submitting', 400, 500, { attempt: 2 }),
      call(410, 50),
    ],
    1_000,
  );
  expect(lines.map(({ attempt }) => attempt)).toEqual([null, null, 1, 1, 2, 2]);
  expect(lines[1]).toMatchObject({ start: 0.1, share: 0.1, durationMs: 100 });
});

test('what has not ended reaches to now, and nothing reaches further', () => {
  const lines = timelineLines(
    [step('queued', 0, 500), step('generating', 500, null), call(600, 9_000)],
    1_000,
  );
  expect(lines[1]).toMatchObject({ durationMs: null });
  for (const { start, share } of lines) expect(start + share).toBeLessThanOrEqual(1);
});

test('a finished job is split into waiting and making', () => {
  const job = { created_at: at(0), started_at: at(250), ended_at: at(1_000) };
  expect(splitOf({ job: job as never })).toEqual({ queueMs: 250, generationMs: 750, queueShare: 0.25 });
  expect(splitOf({ job: { ...job, ended_at: null } as never })).toBeUndefined();
  expect(splitOf({ job: null })).toBeUndefined();
});

test.each([
  ['queued', 0, null, 0],
  ['running', 1, 'then', 2],
  ['completed', 0, 'then', 1],
  ['failed', 3, 'then', 3],
  ['failed', 0, null, 0],
  ['cancelled', 0, 'then', 1],
] as const)('a job that is %s after %i failed tries: %s', (state, attempts, started_at, expected) => {
  expect(attemptsOf({ state, attempts, started_at })).toBe(expected);
});
