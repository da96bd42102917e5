import { and, eq, gt, lte, sql } from 'drizzle-orm';
import type { Database } from '../client';

/** Takes the lease when it is free, has ended, or is the owner's already. One statement, so that of many one gets it. */
export async function claimLease(
  db: Database,
  want: { name: string; owner: string; untilAt: Date; now: Date },
): Promise<boolean> {
  const { leases } = db.tables;
  const taken = await db
    .insert(leases)
    .values({ name: want.name, owner: want.owner, until: want.untilAt })
    .onConflictDoUpdate({
      target: leases.name,
      set: { owner: sql`excluded.owner`, until: sql`excluded.until` },
      setWhere: sql`(${lte(leases.until, want.now)} or ${eq(leases.owner, want.owner)})`,
    })
    .returning({ name: leases.name });
  return taken.length > 0;
}

/** Prolongs a lease that the owner still has. False: it ended, and somebody else may have taken it. */
export async function renewLease(
  db: Database,
  want: { name: string; owner: string; untilAt: Date; now: Date },
): Promise<boolean> {
  const { leases } = db.tables;
  const renewed = await db
    .update(leases)
    .set({ until: want.untilAt })
    .where(and(eq(leases.name, want.name), eq(leases.owner, want.owner), gt(leases.until, want.now)))
    .returning({ name: leases.name });
  return renewed.length > 0;
}

/** Gives the lease back, if it is still the owner's. */
export async function releaseLease(db: Database, lease: { name: string; owner: string }): Promise<void> {
  const { leases } = db.tables;
  await db.delete(leases).where(and(eq(leases.name, lease.name), eq(leases.owner, lease.owner)));
}

/** Gives back everything that the owner holds: at its end, so that nobody waits for the time to run out. */
export async function releaseLeasesOf(db: Database, owner: string): Promise<void> {
  const { leases } = db.tables;
  await db.delete(leases).where(eq(leases.owner, owner));
}

/** Who holds the lease now. */
export async function findLease(
  db: Database,
  want: { name: string; now: Date },
): Promise<{ owner: string; until: Date } | undefined> {
  const { leases } = db.tables;
  const [row] = await db
    .select({ owner: leases.owner, until: leases.until })
    .from(leases)
    .where(and(eq(leases.name, want.name), gt(leases.until, want.now)));
  return row;
}

/** Gives back every lease: the only process of a SQLite file need not wait for what its predecessor held. */
export async function releaseAllLeases(db: Database): Promise<void> {
  await db.delete(db.tables.leases);
}
