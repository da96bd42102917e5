const quote = 0x22;
const backslash = 0x5c;
const colon = 0x3a;

/**
 * Reads JSON piece by piece and gives the decoded bytes of its first member with one of the names, whose value is
 * base64 text. Neither the text nor the bytes are ever held whole. Throws when there is no such member or it is cut off.
 */
export async function* decodeBase64Member(
  source: AsyncIterable<Uint8Array>,
  names: readonly string[],
): AsyncGenerator<Uint8Array> {
  const find = makeMemberFinder(names);
  let carry = '';
  let state: 'before' | 'within' | 'after' = 'before';
  for await (const piece of source) {
    const chunk = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
    let from = 0;
    if (state === 'before') {
      const start = find(chunk);
      if (start === undefined) continue;
      state = 'within';
      from = start;
    }
    if (state === 'after') continue; // read to its end, so that the connection can be used again
    const end = chunk.indexOf(quote, from);
    if (end >= 0) state = 'after';
    const { text, rest } = unescapeText(carry + chunk.toString('latin1', from, end < 0 ? chunk.length : end));
    const usable = state === 'after' ? text.length : text.length - (text.length % 4);
    carry = text.slice(usable) + rest;
    if (usable > 0) yield Buffer.from(text.slice(0, usable), 'base64');
  }
  if (state !== 'after') throw new Error(`no whole member ${names.join(' or ')} in the answer`);
}

/** Gives, once the wanted member was passed, where in the chunk its text begins. Keeps its place between chunks. */
function makeMemberFinder(names: readonly string[]) {
  const longest = Math.max(...names.map((name) => name.length));
  let isInString = false;
  let isEscaped = false;
  let text = '';
  let candidate: 'none' | 'name' | 'value' = 'none';

  return (chunk: Buffer): number | undefined => {
    for (let index = 0; index < chunk.length; index += 1) {
      const byte = chunk[index] ?? 0;
      if (isInString) {
        if (isEscaped) isEscaped = false;
        else if (byte === backslash) isEscaped = true;
        else if (byte === quote) {
          isInString = false;
          candidate = names.includes(text) ? 'name' : 'none';
        }
        if (text.length <= longest) text += String.fromCharCode(byte);
      } else if (byte === quote) {
        if (candidate === 'value') return index + 1;
        isInString = true;
        text = '';
      } else if (byte === colon && candidate === 'name') {
        candidate = 'value';
      } else if (byte > 0x20) {
        candidate = 'none';
      }
    }
    return undefined;
  };
}

/** Undoes what JSON may escape in base64 (`\/`, `\u003d`); an escape that is cut off is the rest. */
function unescapeText(text: string): { text: string; rest: string } {
  if (!text.includes('\\')) return { text, rest: '' };
  const cut = /\\(u[0-9a-f]{0,3})?$/i.exec(text)?.index ?? text.length;
  const whole = text
    .slice(0, cut)
    .replace(/\\u([0-9a-f]{4})/gi, (_escape, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
    .replace(/\\[nrt]/g, '')
    .replaceAll('\\', '');
  return { text: whole, rest: text.slice(cut) };
}
