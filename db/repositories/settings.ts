import { inArray, sql } from 'drizzle-orm';
import { type Database, q } from '../client';

/** All saved settings: the stored JSON by key. */
export async function listSettings(db: Database): Promise<{ key: string; value: unknown }[]> {
  const { settings } = db.tables;
  return await db.select({ key: settings.key, value: settings.value }).from(settings).orderBy(settings.key);
}

/** Saves all of them or none. Each change raises the row's version. */
export async function saveSettings(
  db: Database,
  rows: readonly { key: string; value: unknown }[],
  now: Date,
): Promise<void> {
  const { settings } = db.tables;
  // In one order everywhere, so that two savers never wait for each other's rows.
  const ordered = rows.toSorted((one, other) => (one.key < other.key ? -1 : 1));
  await db.transaction(function* (tx) {
    for (const { key, value } of ordered) {
      yield* q(
        tx
          .insert(settings)
          .values({ key, value, updatedAt: now })
          .onConflictDoUpdate({
            target: settings.key,
            set: { value, version: sql`${settings.version} + 1`, updatedAt: now },
          }),
      );
    }
  });
}

/** Forgets saved settings, so that the layers below them count again. */
export async function deleteSettings(db: Database, keys: readonly string[]): Promise<void> {
  const { settings } = db.tables;
  await db.delete(settings).where(inArray(settings.key, [...keys]));
}
