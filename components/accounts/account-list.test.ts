import { expect, test } from 'vitest';
import { listAccounts } from '@/lib/admin-api/accounts';
import { accountList, matching, targetOf, toAccountQuery } from './account-list';

const read = (search: string) => accountList.read(new URLSearchParams(search));

test('an address without filters asks for the first page, the worst first', () => {
  expect(toAccountQuery(read(''))).toEqual({ sort: 'health', page: 1, size: 20 });
});

test('every filter of the address reaches the endpoint', () => {
  const query = toAccountQuery(
    read(
      'q=ann&health=cooldown&health=expired&tier=pro&image=on&video=off&credits_lt=20&sort=-credits&page=2&size=50',
    ),
  );
  expect(listAccounts.query.parse(query)).toMatchObject({
    q: 'ann',
    health: ['cooldown', 'expired'],
    tier: ['pro'],
    image: 'on',
    video: 'off',
    credits_lt: 20,
    sort: '-credits',
    page: 2,
    size: 50,
  });
});

test('what the address may not say falls back without a word', () => {
  expect(
    toAccountQuery(read('health=nothing&tier=gold&image=maybe&credits_lt=-4&sort=colour&page=0&size=7')),
  ).toEqual({ sort: 'health', page: 1, size: 20 });
});

test.each([
  ['ticked rows are named', { ids: ['a', 'b'], isAll: false }, 'q=ann', { ids: ['a', 'b'] }],
  ['all that match are told by the filter', { ids: ['a'], isAll: true }, 'q=ann', { filter: { q: 'ann' } }],
  ['all of an unfiltered list are all', { ids: ['a'], isAll: true }, 'page=2', { all: true }],
])('%s', (_rule, selection, search, expected) => {
  expect(targetOf(selection, read(search))).toEqual(expected);
});

test('an export of what is filtered follows the filter too', () => {
  expect(matching(read('credits_lt=0'))).toEqual({ filter: { credits_lt: 0 } });
});
