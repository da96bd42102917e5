const blank = /[ \t\n\r]*/y;
const scalar = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;
const escaped = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

/** Values that are looked at before the search is given up: a text of nothing but brackets would hold up everybody. */
const mostValues = 20_000;

/**
 * Where the text stops being JSON (RFC 8259): index of the first character that cannot stand there, or its length.
 * `undefined` when the fault is behind more values than are looked at.
 */
export function findJsonFault(text: string): number | undefined {
  const open: ('{' | '[')[] = [];
  let at = 0;
  const skip = (pattern: RegExp): boolean => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    at += found?.length ?? 0;
    return found !== undefined;
  };
  const take = (sign: string): boolean => {
    skip(blank);
    if (text[at] !== sign) return false;
    at += 1;
    return true;
  };
  /** By hand, because a picture makes a text of megabytes, which a pattern would not survive. */
  const readText = (): boolean => {
    if (!take('"')) return false;
    for (; at < text.length; at += 1) {
      const sign = text[at];
      if (sign === '"') {
        at += 1;
        return true;
      }
      if (text.charCodeAt(at) < 0x20) return false;
      if (sign !== '\\') continue;
      if (!skip(escaped)) return false;
      at -= 1;
    }
    return false;
  };
  const readName = (): boolean => readText() && take(':');

  for (let values = 0; values < mostValues; values += 1) {
    skip(blank);
    let isClosed = false; // whether a value has just ended
    if (take('{')) {
      open.push('{');
      if (take('}')) isClosed = open.pop() !== undefined;
      else if (!readName()) return at;
    } else if (take('[')) {
      open.push('[');
      isClosed = take(']') && open.pop() !== undefined;
    } else if (text[at] === '"' ? readText() : skip(scalar)) {
      isClosed = true;
    } else {
      return at;
    }
    while (isClosed) {
      const inside = open.at(-1);
      if (inside === undefined) {
        skip(blank);
        return at;
      }
      if (take(',')) {
        if (inside === '{' && !readName()) return at;
        isClosed = false;
      } else if (take(inside === '{' ? '}' : ']')) {
        open.pop();
      } else {
        return at;
      }
    }
  }
  return undefined;
}
