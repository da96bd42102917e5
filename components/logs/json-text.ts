/** What was recorded as text: JSON in lines, anything else as it is. */
export function jsonText(value: unknown): string {
  if (typeof value === 'string') return value;
  return JSON.stringify(value, null, 2) ?? '';
}

const mostMatches = 1_000;

/** Where a text has what is searched for, in any case. */
export function findMatches(text: string, search: string): number[] {
  if (search === '') return [];
  const [inside, wanted] = [text.toLowerCase(), search.toLowerCase()];
  // In a few scripts the lower case is longer: places would not be those of the text.
  const isSame = inside.length === text.length && wanted.length === search.length;
  const [where, what] = isSame ? [inside, wanted] : [text, search];
  const places: number[] = [];
  let at = where.indexOf(what);
  while (at !== -1 && places.length < mostMatches) {
    places.push(at);
    at = where.indexOf(what, at + what.length);
  }
  return places;
}
