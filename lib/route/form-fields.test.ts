import { expect, test } from 'vitest';
import { nestFields } from './form-fields';

test.each<[string, [string, unknown][], unknown]>([
  ['a plain name', [['prompt', 'x']], { prompt: 'x' }],
  [
    'an object',
    [
      ['video[id]', 'v'],
      ['video[kind]', 'k'],
    ],
    { video: { id: 'v', kind: 'k' } },
  ],
  [
    'a list without numbers',
    [
      ['image[]', 'a'],
      ['image[]', 'b'],
    ],
    { image: ['a', 'b'] },
  ],
  [
    'a list in the order of its numbers',
    [
      ['image[1]', 'b'],
      ['image[0]', 'a'],
    ],
    { image: ['a', 'b'] },
  ],
  ['a number that would be far away', [['image[4000000000]', 'a']], { image: ['a'] }],
  [
    'a name that comes twice',
    [
      ['image', 'a'],
      ['image', 'b'],
    ],
    { image: ['a', 'b'] },
  ],
  [
    'objects in a list',
    [
      ['images[0][image_url]', 'a'],
      ['images[1][image_url]', 'b'],
    ],
    { images: [{ image_url: 'a' }, { image_url: 'b' }] },
  ],
  ['brackets that do not close', [['a[b', 'x']], { 'a[b': 'x' }],
  ['nothing', [], {}],
])('%s', (_rule, entries, expected) => {
  expect(nestFields(entries)).toEqual(expected);
});

test.each<[string, [string, unknown][]]>([
  [
    'a value with parts',
    [
      ['a', 'x'],
      ['a[b]', 'y'],
    ],
  ],
  ['six deep', [['a[b][c][d][e][f]', 'x']]],
])('%s is refused', (_rule, entries) => {
  expect(() => nestFields(entries)).toThrow(expect.objectContaining({ code: 'invalid_request' }));
});

test('the names of prototypes are names like any other', () => {
  const fields = nestFields([
    ['__proto__[polluted]', 'yes'],
    ['constructor[prototype][polluted]', 'yes'],
  ]);
  expect(({} as { polluted?: string }).polluted).toBeUndefined();
  expect(Object.keys(fields)).toEqual(['__proto__', 'constructor']);
});
