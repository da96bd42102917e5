import { describe, expect, test } from 'vitest';
import { redactBody, shortenFiles } from './redact-body';

const base64 = (beginning: number[], length = 1_200_000) => {
  const bytes = Buffer.alloc(length, 7);
  Buffer.from(beginning).copy(bytes);
  return bytes.toString('base64');
};

describe('a body as the request log keeps it', () => {
  test.each([
    ['image/png', [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]],
    ['image/jpeg', [0xff, 0xd8, 0xff, 0xe0]],
    ['image/webp', [0x52, 0x49, 0x46, 0x46]],
    ['video/mp4', [0, 0, 0, 0x20, 0x66, 0x74, 0x79, 0x70]],
    ['data', [1, 2, 3, 4]],
  ])('has a file of %s as its type and size', (type, beginning) => {
    expect(redactBody(JSON.stringify({ image: base64(beginning) }))).toEqual({ image: `‹${type}, 1.2 MB›` });
  });

  test('takes the type of a data URL from it', () => {
    expect(shortenFiles(`data:image/gif;base64,${base64([1], 3_000)}`)).toBe('‹image/gif, 3.0 kB›');
  });

  test.each([
    ['by name', { authorization: 'Basic abc', recaptchaToken: 'x', cookie: 'a=b' }],
    ['by look', { note: 'Bearer ya29.a0AbCdEf', list: ['eyJhbGciOiJkaXIiLCJlbmMi'] }],
  ])('has no secret, %s', (_how, body) => {
    expect(JSON.stringify(redactBody(JSON.stringify(body)))).not.toMatch(/abc|ya29|eyJ|a=b|"x"/);
  });

  test('stays text where it is no JSON, without secrets', () => {
    expect(redactBody('<html>token ya29.a0AbCdEf</html>')).toBe('<html>token ‹redacted›</html>');
  });

  test('is cut off where nobody would read on, and says so', () => {
    const kept = redactBody(JSON.stringify({ words: 'word '.repeat(20_000) }));
    expect(kept).toMatch(/… ‹cut, 100.0 kB in all›$/);
    expect(String(kept).length).toBeLessThan(33_000);
  });

  test('has nothing that Postgres cannot store: no NUL, no half character', () => {
    const kept = redactBody('{"a":"x\\u0000y","b":"\\ud83d","c":"\\\\u0000"}');
    expect(kept).toEqual({ a: 'x\uFFFDy', b: '\uFFFD', c: '\\u0000' });
  });
});
