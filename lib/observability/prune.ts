/** Removes up to `limit` rows that are older than `before`, and says how many: fewer only when no more are left. */
export type Prune = (want: { before: Date; limit: number }) => Promise<number>;

const atATime = 500; // some milliseconds of SQLite's thread

/** Removes all rows that are older, batch by batch, with everybody else's turn in between. Gives how many. */
export async function pruneAll(prune: Prune, before: Date, signal?: AbortSignal): Promise<number> {
  let removed = 0;
  while (signal?.aborted !== true) {
    const gone = await prune({ before, limit: atATime });
    removed += gone;
    if (gone < atATime) break;
    await new Promise((resolve) => setImmediate(resolve));
  }
  return removed;
}
