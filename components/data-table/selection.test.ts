import { expect, test } from 'vitest';
import { moveSelection, noSelection, selectAll, selectRows } from './selection';

const start = noSelection('page 1');

test('another view takes the selection away and says so', () => {
  const moved = moveSelection(selectRows(start, ['a', 'b']), 'page 2');
  expect(moved).toEqual({ listKey: 'page 2', ids: [], isAll: false, wasCleared: true });
});

test('where nothing was ticked there is nothing to say', () => {
  expect(moveSelection(start, 'page 2').wasCleared).toBe(false);
});

test('the same view keeps it', () => {
  const selected = selectRows(start, ['a']);
  expect(moveSelection(selected, 'page 1')).toBe(selected);
});

test('the notice goes with the next change', () => {
  const moved = moveSelection(selectRows(start, ['a']), 'page 2');
  expect(selectRows(moved, ['c']).wasCleared).toBe(false);
  expect(moveSelection(moved, 'page 3').wasCleared).toBe(false);
});

test('all that match are no longer all when one row is taken out', () => {
  const all = selectAll(start, ['a', 'b']);
  expect(all).toMatchObject({ ids: ['a', 'b'], isAll: true });
  expect(selectRows(all, ['a'])).toMatchObject({ ids: ['a'], isAll: false });
});
