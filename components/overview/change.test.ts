import { expect, test } from 'vitest';
import { changeOf } from './change';

test.each([
  ['more of what is good', 112, 100, { meaning: 'more_is_good' }, ['up', 12, 'good']],
  ['less of what is good', 80, 100, { meaning: 'more_is_good' }, ['down', 20, 'bad']],
  ['more of what is bad', 3, 2, { meaning: 'more_is_bad' }, ['up', 50, 'bad']],
  ['less of what is bad', 1, 2, { meaning: 'more_is_bad' }, ['down', 50, 'good']],
  ['what is neither', 150, 100, {}, ['up', 50, 'neutral']],
  ['less than one percent', 1_005, 1_000, { meaning: 'more_is_good' }, ['same', 0, 'neutral']],
  ['nothing before', 5, 0, { meaning: 'more_is_bad' }, ['new', 0, 'neutral']],
  ['nothing at all', 0, 0, {}, ['same', 0, 'neutral']],
  ['nothing now', 0, 4, {}, ['down', 100, 'neutral']],
] as const)('%s', (_what, now, before, options, [direction, amount, tone]) => {
  expect(changeOf(now, before, options)).toEqual({ direction, amount, tone });
});

test('a share differs in points', () => {
  const change = changeOf(0.982, 0.988, { meaning: 'more_is_good', isShare: true });
  expect(change).toMatchObject({ direction: 'down', tone: 'bad' });
  expect(change?.amount).toBeCloseTo(0.6);
  expect(changeOf(0.9825, 0.982, { isShare: true })?.direction).toBe('same');
});

test.each([
  [null, 1],
  [1, null],
])('what is not known is not compared', (now, before) => {
  expect(changeOf(now, before)).toBeUndefined();
});
