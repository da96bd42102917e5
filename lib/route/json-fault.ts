const tokens = {
  blank: /[ \t\n\r]*/y,
  scalar:
    /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y,
  name: /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y,
};

/** Where the text stops being JSON (RFC 8259): index of the first character that cannot stand there, or its length. */
export function findJsonFault(text: string): number {
  const open: ('{' | '[')[] = [];
  let at = 0;
  const skip = (pattern: RegExp): boolean => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    at += found?.length ?? 0;
    return found !== undefined;
  };
  const take = (sign: string): boolean => {
    skip(tokens.blank);
    if (text[at] !== sign) return false;
    at += 1;
    return true;
  };
  const readName = (): boolean => {
    skip(tokens.blank);
    return skip(tokens.name) && take(':');
  };

  for (;;) {
    skip(tokens.blank);
    let isClosed = false; // whether a value has just ended
    if (take('{')) {
      open.push('{');
      if (take('}')) isClosed = open.pop() !== undefined;
      else if (!readName()) return at;
    } else if (take('[')) {
      open.push('[');
      isClosed = take(']') && open.pop() !== undefined;
    } else if (skip(tokens.scalar)) {
      isClosed = true;
    } else {
      return at;
    }
    while (isClosed) {
      const inside = open.at(-1);
      if (inside === undefined) {
        skip(tokens.blank);
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
}
