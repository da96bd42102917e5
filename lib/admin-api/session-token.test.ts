import { expect, test } from 'vitest';
import { cleanSessionToken, looksLikeSessionToken } from './session-token';

const name = '__Secure-next-auth.session-token';

test.each([
  ['the bare value stays', 'eyJhbGciOiJkaXIi.abc', 'eyJhbGciOiJkaXIi.abc'],
  ['spaces and line breaks around it go', '  eyJhbGciOiJkaXIi.abc\n', 'eyJhbGciOiJkaXIi.abc'],
  ['line breaks inside it go', 'eyJhbGci\n  OiJkaXIi.abc', 'eyJhbGciOiJkaXIi.abc'],
  ['double quotes go', '"eyJhbGciOiJkaXIi.abc"', 'eyJhbGciOiJkaXIi.abc'],
  ['single quotes go', "'eyJhbGciOiJkaXIi.abc'", 'eyJhbGciOiJkaXIi.abc'],
  ['a semicolon at the end goes', 'eyJhbGciOiJkaXIi.abc;', 'eyJhbGciOiJkaXIi.abc'],
  ['the name of the cookie goes', `${name}=eyJhbGciOiJkaXIi.abc; `, 'eyJhbGciOiJkaXIi.abc'],
  ['the name in a JSON line goes', `"${name}": "eyJhbGciOiJkaXIi.abc",`, 'eyJhbGciOiJkaXIi.abc'],
  [
    'other cookies of the header go',
    `Cookie: a=1; ${name}=eyJhbGciOiJkaXIi.abc; b=2`,
    'eyJhbGciOiJkaXIi.abc',
  ],
  ['a cookie in parts is joined', `${name}.1=def; ${name}.0=abc`, 'abcdef'],
  ['equals signs at the end belong to the value', 'eyJhbGciOiJkaXIi==', 'eyJhbGciOiJkaXIi=='],
])('%s', (_rule, pasted, expected) => {
  expect(cleanSessionToken(pasted)).toBe(expected);
});

test.each([
  ['a long word', 'eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0..abc-_', true],
  ['nothing', '', false],
  ['a few letters', 'abc', false],
  ['an address', 'https://labs.google/fx/tools/flow?x', false],
  ['another alphabet', 'сессионный-токен', false],
])('%s', (_rule, token, expected) => {
  expect(looksLikeSessionToken(token)).toBe(expected);
});
