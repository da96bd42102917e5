import { expect, test } from 'vitest';
import { nameFiles } from './zip-names';

const createdAt = new Date('2026-11-20T14:05:09.120Z');
const file = (id: string, prompt: string | null, extension = 'png') => ({ id, prompt, extension, createdAt });

test.each([
  ['A red lighthouse, at dusk!', '2026-11-20_14-05-09_A-red-lighthouse-at-dusk_90abcdef.png'],
  ['../../etc/passwd', '2026-11-20_14-05-09_etc-passwd_90abcdef.png'],
  ['黄昏的灯塔', '2026-11-20_14-05-09_黄昏的灯塔_90abcdef.png'],
  [null, '2026-11-20_14-05-09_90abcdef.png'],
  [' …', '2026-11-20_14-05-09_90abcdef.png'],
  ['word '.repeat(20), `2026-11-20_14-05-09_${'word-'.repeat(8).slice(0, -1)}_90abcdef.png`],
])('the prompt %j is in the name as far as files may be called so', (prompt, name) => {
  expect(nameFiles([file('1234567890abcdef', prompt)])).toEqual([name]);
});

test('no two are alike, also where capitals do not count', () => {
  const names = nameFiles([
    file('a1', 'Sea'),
    file('a1', 'sea'),
    file('a1', 'sea'),
    file('a1', 'sea', 'mp4'),
  ]);
  expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(4);
});
