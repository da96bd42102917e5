import { eq, inArray, sql } from 'drizzle-orm';
import { type Database, q } from '../client';

/** A saved setting: the stored JSON, and which saving of it this is. */
export type SavedSetting = { key: string; value: unknown; version: string };

/** All saved settings. */
export async function listSettings(db: Database): Promise<SavedSetting[]> {
  const { settings } = db.tables;
  const rows = await db.select().from(settings).orderBy(settings.key);
  return rows.map((row) => ({ key: row.key, value: row.value, version: versionOf(row) }));
}

/** Differs after every change of the row, also when it was forgotten and saved anew meanwhile. */
const versionOf = (row: { version: number; updatedAt: Date }) => `${row.version}.${row.updatedAt.getTime()}`;

/** Saves all of them or none. Each change raises the row's version. */
export async function saveSettings(
  db: Database,
  rows: readonly { key: string; value: unknown }[],
  now: Date,
): Promise<void> {
  await changeSettings(db, rows, now);
}

/** What a saved setting becomes. Without `value` it is forgotten, so that the layers below it count again. */
export type SettingChange = {
  key: string;
  value?: unknown;
  /** Changed only while this is its version; null: while it is not saved. Absent: whatever is there. */
  expected?: string | null;
};

/** Makes all changes, or none where the version of a setting is another than expected; gives the keys of those. */
export async function changeSettings(
  db: Database,
  changes: readonly SettingChange[],
  now: Date,
): Promise<string[]> {
  if (changes.length === 0) return [];
  const { settings } = db.tables;
  // In one order everywhere, so that two savers never wait for each other's rows.
  const ordered = changes.toSorted((one, other) => (one.key < other.key ? -1 : 1));
  const keys = ordered.map(({ key }) => key);
  try {
    return await db.transaction(function* (tx) {
      const saved = yield* q(
        db.forUpdate(tx.select().from(settings).where(inArray(settings.key, keys)).orderBy(settings.key)),
      );
      const versions = new Map(saved.map((row) => [row.key, versionOf(row)]));
      const stale = ordered.filter(
        ({ key, expected }) => expected !== undefined && (versions.get(key) ?? null) !== expected,
      );
      if (stale.length > 0) return stale.map(({ key }) => key);
      for (const { key, value, expected } of ordered) {
        if (value === undefined) {
          yield* q(tx.delete(settings).where(eq(settings.key, key)));
          continue;
        }
        const insert = tx.insert(settings).values({ key, value, updatedAt: now });
        if (expected === null) {
          // There was no row to lock, so somebody may have saved it since.
          const made = yield* q(insert.onConflictDoNothing().returning({ key: settings.key }));
          if (made.length === 0) throw new SavedMeanwhile(key);
          continue;
        }
        const set = { value, version: sql`${settings.version} + 1`, updatedAt: now };
        yield* q(insert.onConflictDoUpdate({ target: settings.key, set }));
      }
      return [];
    });
  } catch (error) {
    if (error instanceof SavedMeanwhile) return [error.key];
    throw error;
  }
}

/** Ends a transaction without any change. */
class SavedMeanwhile extends Error {
  override readonly name = 'SavedMeanwhile';
  readonly key: string;

  constructor(key: string) {
    super('a setting was saved by somebody else meanwhile');
    this.key = key;
  }
}
