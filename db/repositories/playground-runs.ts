import { and, desc, eq, gte, inArray, isNotNull } from 'drizzle-orm';
import type { Database } from '../client';
import type { Schema } from '../schema/define';
import type { JobRow } from './jobs';

/** One press of the playground's button, with the jobs that it made. */
export type PlaygroundRunRow = Schema['playgroundRuns']['$inferSelect'];
export type NewPlaygroundRunRow = Schema['playgroundRuns']['$inferInsert'];

export async function findPlaygroundRun(db: Database, id: string): Promise<PlaygroundRunRow | undefined> {
  const { playgroundRuns } = db.tables;
  const [row] = await db.select().from(playgroundRuns).where(eq(playgroundRuns.id, id)).limit(1);
  return row;
}

/** The newest runs first. */
export function listPlaygroundRuns(db: Database, limit: number): Promise<PlaygroundRunRow[]> {
  const { playgroundRuns } = db.tables;
  return db
    .select()
    .from(playgroundRuns)
    .orderBy(desc(playgroundRuns.createdAt), desc(playgroundRuns.id))
    .limit(limit);
}

/** These jobs, in no order. */
export async function listJobsById(db: Database, ids: readonly string[]): Promise<JobRow[]> {
  const { jobs } = db.tables;
  if (ids.length === 0) return [];
  return await db
    .select()
    .from(jobs)
    .where(inArray(jobs.id, [...ids]));
}

/** How long the newest finished jobs of a model took since then, from their start to their end. */
export async function durationsSince(
  db: Database,
  want: { specId: string; since: Date; limit: number },
): Promise<number[]> {
  const { jobs } = db.tables;
  const rows = await db
    .select({ startedAt: jobs.startedAt, endedAt: jobs.endedAt })
    .from(jobs)
    .where(
      and(
        eq(jobs.specId, want.specId),
        eq(jobs.state, 'completed'),
        isNotNull(jobs.startedAt),
        gte(jobs.endedAt, want.since),
      ),
    )
    .orderBy(desc(jobs.endedAt))
    .limit(want.limit);
  return rows.flatMap(({ startedAt, endedAt }) =>
    startedAt === null || endedAt === null ? [] : [endedAt.getTime() - startedAt.getTime()],
  );
}
