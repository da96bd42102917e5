import { expect, test } from 'vitest';
import { parseLocalPath } from './local-path';

test.each([
  ['a page of the console is kept', '/admin/accounts', '/admin/accounts'],
  ['its query is kept', '/admin/logs?status=failed', '/admin/logs?status=failed'],
  ['a fragment is dropped', '/admin#x', '/admin'],
  ['another site is refused', 'https://evil.example/admin', '/admin'],
  ['a protocol-relative address is refused', '//evil.example/admin', '/admin'],
  ['a backslash counts as a slash', '/\\evil.example', '/admin'],
  ['a tab between two slashes is refused', '/\t/evil.example', '/admin'],
  ['a script is refused', 'javascript:alert(1)', '/admin'],
  ['a path outside the console is refused', '/v1/models', '/admin'],
  ['dots do not lead out of the console', '/admin/../v1/models', '/admin'],
  ['the sign-in page itself would be a loop', '/admin/login?next=/admin', '/admin'],
  ['nothing is the overview', undefined, '/admin'],
  ['a path that only begins alike is refused', '/administrator', '/admin'],
])('%s', (_rule, text, expected) => {
  expect(parseLocalPath(text)).toBe(expected);
});
