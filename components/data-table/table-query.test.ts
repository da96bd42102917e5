import { expect, test } from 'vitest';
import {
  defineList,
  keepOrder,
  lastPage,
  manyOf,
  oneOf,
  pageChoices,
  rowsOfPage,
  textList,
  toQuery,
} from './table-query';

const list = defineList({
  sorts: ['name', 'created_at'],
  sort: '-created_at',
  filters: {
    health: manyOf(['healthy', 'cooldown', 'expired']),
    tier: oneOf(['any', 'pro'], 'any'),
    model: textList,
  },
});

const usual = {
  q: '',
  sort: '-created_at',
  page: 1,
  size: 20,
  health: [],
  tier: 'any',
  model: [],
};

test.each([
  ['', usual],
  ['q=%20ann%20', { ...usual, q: 'ann' }],
  ['sort=name&page=3&size=50', { ...usual, sort: 'name', page: 3, size: 50 }],
  ['health=cooldown&health=expired', { ...usual, health: ['cooldown', 'expired'] }],
  ['health=cooldown&health=cooldown', { ...usual, health: ['cooldown'] }],
  ['tier=pro&model=veo&model=imagen', { ...usual, tier: 'pro', model: ['veo', 'imagen'] }],
])('the address "%s" is read', (search, state) => {
  expect(list.read(new URLSearchParams(search))).toEqual(state);
});

test.each([
  'sort=size',
  'sort=--name',
  'page=0',
  'page=-1',
  'page=1e3',
  'page=2.5',
  'page=123456',
  'size=21',
  'size=1000',
  'health=great',
  'tier=',
  'model=',
])('what "%s" asks for does not exist, so it is as usual', (search) => {
  expect(list.read(new URLSearchParams(search))).toEqual(usual);
});

test('of several values those that exist are kept', () => {
  expect(list.read(new URLSearchParams('health=great&health=healthy')).health).toEqual(['healthy']);
});

test('the parameters of a page are read as an address is', () => {
  expect(list.read({ health: ['cooldown', 'expired'], page: '2', q: undefined })).toEqual({
    ...usual,
    health: ['cooldown', 'expired'],
    page: 2,
  });
});

test('the endpoint is asked for what is said, not for what is empty', () => {
  expect(toQuery(list.read(new URLSearchParams('health=expired')))).toEqual({
    sort: '-created_at',
    page: 1,
    size: 20,
    health: ['expired'],
    tier: 'any',
  });
});

test.each([
  [0, 20, 1],
  [20, 20, 1],
  [21, 20, 2],
  [143, 50, 3],
])('%i rows by %i have %i pages', (total, size, pages) => {
  expect(lastPage(total, size)).toBe(pages);
});

test('the rows of a page are counted from 1', () => {
  expect(rowsOfPage(1, 20, 20)).toEqual({ from: 1, to: 20 });
  expect(rowsOfPage(8, 20, 3)).toEqual({ from: 141, to: 143 });
});

test.each([
  [1, 1, [1]],
  [1, 8, [1, 2, 'gap', 8]],
  [3, 8, [1, 2, 3, 4, 'gap', 8]],
  [4, 8, [1, 2, 3, 4, 5, 'gap', 8]],
  [5, 9, [1, 'gap', 4, 5, 6, 'gap', 9]],
  [6, 8, [1, 'gap', 5, 6, 7, 8]],
  [8, 8, [1, 'gap', 7, 8]],
])('on page %i of %i one may go to %j', (page, last, choices) => {
  expect(pageChoices(page, last)).toEqual(choices);
});

test('rows that are held keep their places, new ones come after them, and those that have gone are gone', () => {
  const rows = ['d', 'c', 'a'].map((id) => ({ id }));
  expect(keepOrder(rows, ['a', 'b', 'c'], ({ id }) => id).map(({ id }) => id)).toEqual(['a', 'c', 'd']);
});
