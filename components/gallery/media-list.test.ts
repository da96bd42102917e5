import { expect, test } from 'vitest';
import { mediaList, sortOf, toMediaFilter, toMediaQuery } from './media-list';

const now = new Date('2026-11-20T12:00:00.000Z');
const read = (search: string) => mediaList.read(new URLSearchParams(search));

test('an address without anything asks for the newest, without a condition', () => {
  expect(toMediaFilter(read(''), now)).toEqual({});
  expect(toMediaQuery(read(''), null, now)).toEqual({ sort: '-created_at', page: 1, size: 50 });
});

test('filters of the address are asked for, and what they do not allow is not', () => {
  const state = read('type=video&type=audio&model=veo-3.1-fast&source=openai&kept=yes&q=sea&range=1h');
  expect(toMediaFilter(state, now)).toEqual({
    type: ['video'],
    model: ['veo-3.1-fast'],
    source: ['openai'],
    kept: 'yes',
    q: 'sea',
    from: '2026-11-20T11:00:00.000Z',
  });
});

test.each([
  ['range=custom&since=2026-11-01T00:00:00Z&until=2026-11-02T00:00:00Z', '2026-11-02T00:00:00.000Z'],
  ['range=custom&since=2026-11-01T00:00:00Z', undefined],
])('the range %s ends at %j', (search, to) => {
  expect(toMediaFilter(read(search), now)).toEqual({
    from: '2026-11-01T00:00:00.000Z',
    ...(to === undefined ? {} : { to }),
  });
});

test('a range without sense is none', () => {
  expect(toMediaFilter(read('range=custom'), now)).toEqual({});
});

test.each([
  ['', '-created_at'],
  ['sort=created_at', 'created_at'],
  ['sort=-bytes', '-bytes'],
  ['sort=bytes', '-bytes'],
  ['sort=colour', '-created_at'],
])('"%s" sorts by %s', (search, sort) => {
  expect(sortOf(read(search))).toBe(sort);
});

test('later pages end where the first one was left, unless the range ends earlier', () => {
  const before = '2026-11-20T10:00:00.000Z';
  expect(toMediaQuery(read('page=2'), before, now)).toMatchObject({ to: before, page: 2 });
  const ended = read('range=custom&since=2026-11-01T00:00:00Z&until=2026-11-02T00:00:00Z');
  expect(toMediaQuery(ended, before, now).to).toBe('2026-11-02T00:00:00.000Z');
});
