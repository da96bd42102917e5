import { expect, test } from 'vitest';
import { deepestJson, isTooDeep } from './json-depth';

const lists = (depth: number): unknown => JSON.parse(`${'['.repeat(depth)}${']'.repeat(depth)}`);
const objects = (depth: number): unknown => JSON.parse(`${'{"a":'.repeat(depth)}5${'}'.repeat(depth)}`);

test.each([
  ['text', 'x', false],
  ['null', null, false],
  ['a long list', Array.from({ length: 200_000 }, () => ({ a: [1] })), false],
  ['lists as deep as allowed', lists(deepestJson), false],
  ['objects as deep as allowed', objects(deepestJson), false],
  ['lists beyond that', lists(deepestJson + 1), true],
  ['objects beyond that', objects(deepestJson + 1), true],
  ['lists a million deep', lists(1_000_000), true],
])('%s', (_what, value, isDeep) => {
  expect(isTooDeep(value)).toBe(isDeep);
});
