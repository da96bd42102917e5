type Cell = string | number | boolean | null | undefined;

/** Lines of CSV (RFC 4180), each with its end. What a spreadsheet would take for a formula is written as text. */
export const encodeCsv = (rows: readonly (readonly Cell[])[]): string =>
  rows.map((row) => `${row.map(encodeCell).join(',')}\r\n`).join('');

/** https://owasp.org/www-community/attacks/CSV_Injection; numbers are ours, and stay numbers. */
const formulaStart = /^[\s\0]*[=+\-@\t\r＝＋－＠]/;

function encodeCell(value: Cell): string {
  if (value === null || value === undefined) return '';
  if (typeof value !== 'string') return String(value);
  const text = formulaStart.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
