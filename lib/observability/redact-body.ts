import { formatSize } from '../format';
import { maskText, maskValue } from './mask';

const longestBody = 32_768; // what a person can read

// A picture of that few characters is no picture.
const base64Run = /(?:data:([a-z]+\/[a-z0-9.+-]+);base64,)?[A-Za-z0-9+/_-]{1024,}={0,2}/g;

/** How the base64 of each kind of file begins. */
const beginnings: readonly (readonly [beginning: RegExp, type: string])[] = [
  [/^iVBORw0KGgo/, 'image/png'],
  [/^\/9j\//, 'image/jpeg'],
  [/^UklGR/, 'image/webp'],
  [/^R0lGOD/, 'image/gif'],
  [/^.{6}(?:Z0eX|ZnR5c)/, 'video/mp4'],
];

/** The text with every file in it as what it is: `‹image/png, 1.2 MB›`. */
export const shortenFiles = (text: string): string =>
  text.replace(base64Run, (run: string, declared: string | undefined) => {
    const base64 = declared === undefined ? run : run.slice(run.indexOf(',') + 1);
    const type = declared ?? beginnings.find(([beginning]) => beginning.test(base64))?.[1] ?? 'data';
    return `‹${type}, ${formatSize(Math.floor((base64.length * 3) / 4))}›`;
  });

/**
 * A body as the request log may keep it: without secrets, by name and by look, files as their type and size, and cut off
 * where it is too long to read. JSON stays JSON.
 */
export function redactBody(text: string): unknown {
  const short = shortenFiles(text);
  const parsed = parse(short);
  const whole = storable(
    JSON.stringify(parsed === undefined ? maskText(short) : maskValue(parsed)) ?? 'null',
  );
  if (whole.length <= longestBody) return JSON.parse(whole);
  return `${whole.slice(0, longestBody).replace(/\p{Surrogate}/gu, '')}… ‹cut, ${formatSize(text.length)} in all›`;
}

/** Postgres stores neither NUL nor half a character. */
const storable = (json: string): string =>
  json.replace(/(?<!\\)((?:\\\\)*)\\u(?:0000|d[89a-f][0-9a-f]{2})/gi, '$1\uFFFD');

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // kept as text
  }
}
