import { expect, test } from 'vitest';
import { tickMedia } from './range-selection';

const shown = ['a', 'b', 'c', 'd', 'e'];

test.each([
  ['one tick means one', [], undefined, { id: 'b', isOn: true, isRange: false }, ['b']],
  ['a second tick adds to it', ['b'], 'b', { id: 'd', isOn: true, isRange: false }, ['b', 'd']],
  ['Shift means all from the last tick', ['b'], 'b', { id: 'd', isOn: true, isRange: true }, ['b', 'c', 'd']],
  ['also upwards', ['d'], 'd', { id: 'b', isOn: true, isRange: true }, ['d', 'b', 'c']],
  ['what is ticked already stays once', ['c', 'b'], 'b', { id: 'c', isOn: true, isRange: true }, ['c', 'b']],
  ['Shift without a tick before means one', [], undefined, { id: 'c', isOn: true, isRange: true }, ['c']],
  [
    'a last tick on another page begins nothing',
    ['z'],
    'z',
    { id: 'b', isOn: true, isRange: true },
    ['z', 'b'],
  ],
  ['taking off works over a range as well', shown, 'b', { id: 'd', isOn: false, isRange: true }, ['a', 'e']],
  ['taking off one leaves the others', ['a', 'b'], 'a', { id: 'b', isOn: false, isRange: false }, ['a']],
] as const)('%s', (_rule, ticked, anchor, tick, expected) => {
  expect(tickMedia(shown, ticked, anchor, tick)).toEqual(expected);
});
