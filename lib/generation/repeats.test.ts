import { expect, test } from 'vitest';
import type { RecordedJob } from '@/db/repositories/submissions';
import { judgeRepeat } from './repeats';

const now = new Date('2026-11-23T12:00:00Z');
const minutesAgo = (minutes: number) => new Date(now.getTime() - minutes * 60_000);

const job = (state: RecordedJob['state'], more: Partial<RecordedJob> = {}): RecordedJob => ({
  id: 'job_1',
  kind: 'image',
  model: 'm',
  state,
  intent: null,
  acceptedAt: null,
  createdAt: minutesAgo(30),
  deadlineAt: now,
  endedAt: state === 'queued' || state === 'running' ? null : minutesAgo(1),
  hiddenAt: null,
  ...more,
});
const refused = job('failed');
const paid = job('failed', { acceptedAt: minutesAgo(2) });
const unknown = job('failed', { intent: { at: 1 } });
const old = { acceptedAt: minutesAgo(20), endedAt: minutesAgo(10) };
const deleted = job('completed', { hiddenAt: minutesAgo(1) });

const judge = (
  jobs: RecordedJob[],
  { key, age = 30, hash = 'same' }: { key: string | null; age?: number; hash?: string },
) => {
  const record = {
    id: 1,
    apiKeyId: 'key',
    route: '/v1/videos',
    key,
    bodyHash: hash,
    retryCount: 0,
    jobIds: jobs.map(({ id }) => id),
    createdAt: minutesAgo(age),
  };
  return judgeRepeat({ record, jobs }, { key, bodyHash: 'same' }, now);
};

const day = 24 * 60;

test.each([
  ['a job that waits', [job('queued')], {}, 'join'],
  ['a job that runs', [job('running')], {}, 'join'],
  ['a job that was completed hours ago', [job('completed', old)], {}, 'join'],
  ['a job that failed before acceptance', [refused], {}, 'again'],
  ['a job that failed after acceptance', [paid], {}, 'join'],
  ['a job of which nobody knows whether it was accepted', [unknown], {}, 'join'],
  ['a job that was cancelled before acceptance', [job('cancelled')], {}, 'join'],
  ['a job just within 24 hours', [job('completed')], { age: day - 1 }, 'join'],
  ['a job of 24 hours ago', [job('completed')], { age: day }, 'anew'],
  ['another body', [job('running')], { hash: 'other' }, 'other_body'],
  ['another body, of what failed before acceptance', [refused], { hash: 'other' }, 'other_body'],
  ['another body of 24 hours ago', [job('running')], { hash: 'other', age: day }, 'anew'],
  ['a group of which nothing was accepted', [refused, refused], {}, 'again'],
  ['a group with a result', [refused, job('completed')], {}, 'join'],
  ['a group with something paid', [refused, paid], {}, 'join'],
  ['a group that still runs', [refused, job('queued')], {}, 'join'],
  ['what its client has deleted', [deleted], {}, 'deleted'],
  ['a job whose row is gone', [], {}, 'anew'],
] as const)('the same key, %s', (_rule, jobs, more, verdict) => {
  expect(judge([...jobs], { key: 'k', ...more })).toBe(verdict);
});

test.each([
  ['a job that runs', [job('running')], {}, 'join'],
  ['a job that has been running for hours', [job('running')], { age: 300 }, 'join'],
  ['a job that ended a minute ago', [job('completed')], {}, 'join'],
  ['a job that ended 10 minutes ago', [job('completed', old)], {}, 'anew'],
  ['a job that failed after acceptance a minute ago', [paid], {}, 'join'],
  ['a job that failed before acceptance', [refused], {}, 'again'],
  ['a group of which one ended lately', [job('completed', old), job('completed')], {}, 'join'],
  ['a group that ended 10 minutes ago', [job('completed', old), job('completed', old)], {}, 'anew'],
  ['what its client has deleted', [deleted], {}, 'anew'],
] as const)('a repeat without a key, %s', (_rule, jobs, more, verdict) => {
  expect(judge([...jobs], { key: null, ...more })).toBe(verdict);
});
