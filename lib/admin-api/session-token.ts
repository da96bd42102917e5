const cookieName = '__Secure-next-auth.session-token';

// The whole cookie, or one part of it: browsers split a large one into `….0`, `….1`, and so on.
const namedValue = /__Secure-next-auth\.session-token(?:\.(\d+))?"?\s*[=:]\s*"?([^\s;"',]+)/g;

/** What to say about text that cannot be a session token. */
export const sessionTokenShapeMessage = `This does not look like a session token. Copy the value of \`${cookieName}\`.`;

/**
 * The bare session token in pasted text: without quotes, spaces and line breaks, the cookie's name, and the other
 * cookies of a whole `Cookie` header. A cookie in parts is joined in their order.
 */
export function cleanSessionToken(text: string): string {
  const parts = [...text.matchAll(namedValue)].map((match) => ({
    index: Number(match[1] ?? 0),
    value: match[2] ?? '',
  }));
  if (parts.length > 0) return joined(parts);
  return text
    .replace(/[\s"'`]+/g, '')
    .replace(/[;,]+$/, '')
    .replace(/^(?:Cookie:)?/i, '');
}

const joined = (parts: { index: number; value: string }[]) =>
  parts
    .sort((a, b) => a.index - b.index)
    .map((part) => part.value)
    .join('');

/** Whether text could be the value of a session cookie: one word of the characters that a cookie may hold. */
export const looksLikeSessionToken = (token: string): boolean => /^[\w.~+/=%-]{8,16384}$/.test(token);
