import { expect, test } from 'vitest';
import { maskEmail } from './personal';

test.each([
  ['john@gmail.com', 'j•••@gmail.com'],
  ['ö@example.org', 'ö•••@example.org'],
  ['😀x@example.org', '😀•••@example.org'],
  ['"a@b"@example.org', '"•••@example.org'],
  ['nobody', '•••'],
  ['@example.org', '•••'],
  ['', '•••'],
])('%j is shown as %j', (email, shown) => {
  expect(maskEmail(email)).toBe(shown);
});
