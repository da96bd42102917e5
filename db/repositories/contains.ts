import { type Column, type SQL, sql } from 'drizzle-orm';

/**
 * Whether a column has the text in it, in any case and any script; what the text holds of LIKE's own signs means itself.
 * The databases lower different letters (SQLite and a Postgres of locale C only those of ASCII), so the other letters of
 * the text are lowered one by one, here and there.
 */
export function contains(column: Column, text: string): SQL {
  const wanted = Array.from(text, lowerOf).join('');
  let lowered = sql`lower(${column})`;
  for (const letter of new Set(wanted)) {
    for (const other of othersOf(letter)) lowered = sql`replace(${lowered}, ${other}, ${letter})`;
  }
  return sql`${lowered} like ${`%${wanted.replace(/[\\%_]/g, '\\$&')}%`} escape '\\'`;
}

/** One letter for one: what grows when it is lowered stays as it is. */
function lowerOf(letter: string): string {
  const lower = letter.toLowerCase();
  if (lower === 'ς') return 'σ'; // at the end of a word
  return lower.length === letter.length ? lower : letter;
}

/** The letters beyond ASCII that mean the same as this one. */
function othersOf(letter: string): string[] {
  if (letter === 'σ') return ['Σ', 'ς'];
  const upper = letter.toUpperCase();
  return letter > '\u007F' && upper !== letter && upper.length === letter.length ? [upper] : [];
}
