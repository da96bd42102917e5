import { type ImportPreview, previewImport } from '@/lib/admin-api/accounts';
import type { TaskView } from '@/lib/admin-api/tasks';

const mostBytes = 5_000_000;

export type ImportMode = 'add_and_update' | 'add_only';
export type PreviewRow = ImportPreview['rows'][number];

const fileMessage = 'The file must hold a JSON array (up to 1,000 accounts, 5 MB).';

/** The accounts of a file or of pasted text, or what is wrong with it, as the contract says it. */
export function readImport(text: string): { accounts: unknown[] } | { fault: string } {
  if (new TextEncoder().encode(text).length > mostBytes) return { fault: fileMessage };
  const parsed = previewImport.body.safeParse({ accounts: parseJson(text) });
  if (parsed.success) return { accounts: parsed.data.accounts };
  return { fault: parsed.error.issues[0]?.message ?? fileMessage };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    return undefined;
  }
}

/** Whether a row is imported in a mode. */
export const isImported = ({ status }: PreviewRow, mode: ImportMode): boolean =>
  status === 'new' || (status === 'update' && mode === 'add_and_update');

/** The rows that cannot be or could not be imported, as they were, each with the reason. */
export function failedRows(
  accounts: readonly unknown[],
  rows: readonly PreviewRow[],
  sent: readonly number[],
  task: Pick<TaskView, 'results'> | undefined,
): unknown[] {
  const invalid = rows.flatMap(({ row, status, reason }) => (status === 'invalid' ? [{ row, reason }] : []));
  const failed = (task?.results ?? []).flatMap(({ outcome, row, reason }) => {
    const own = sent[row - 1];
    return outcome === 'failed' && own !== undefined ? [{ row: own, reason }] : [];
  });
  return [...invalid, ...failed]
    .toSorted((one, other) => one.row - other.row)
    .map(({ row, reason }) => {
      const account = accounts[row - 1];
      const fields = typeof account === 'object' && account !== null ? account : { account };
      return { ...fields, import_error: reason };
    });
}
