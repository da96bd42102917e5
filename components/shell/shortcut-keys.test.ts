import { expect, test } from 'vitest';
import { pages } from './pages';
import { readShortcut } from './shortcut-keys';

const keys = Object.fromEntries(pages.map(({ key, href }) => [key, href]));

test.each([
  ['?', false, { type: 'help' }],
  ['/', false, { type: 'search' }],
  ['g', false, { type: 'wait' }],
  ['o', false, undefined],
  ['o', true, { type: 'go', href: '/admin' }],
  ['y', true, { type: 'go', href: '/admin/gallery' }],
  ['m', true, { type: 'go', href: '/admin/system' }],
  ['g', true, undefined],
  ['?', true, undefined],
] as const)('%s, after g: %s', (key, afterG, expected) => {
  expect(readShortcut(key, afterG, keys)).toEqual(expected);
});

test('every page has a key of its own', () => {
  expect(Object.keys(keys)).toHaveLength(pages.length);
  expect(Object.keys(keys).join('')).toBe('olupyaksm');
});
