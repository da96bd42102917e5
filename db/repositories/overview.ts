import { and, asc, count, eq, gte, inArray, isNull } from 'drizzle-orm';
import type { Database } from '../client';
import type { MediaRow } from './media';

/** How many results were made since `since`, by kind. What was kept aside of a failed upscale does not count, nor do copies. */
export async function countResultsSince(
  db: Database,
  since: Date,
): Promise<{ image: number; video: number }> {
  const { media } = db.tables;
  const rows = await db
    .select({ kind: media.kind, n: count().mapWith(Number) })
    .from(media)
    .where(and(eq(media.role, 'result'), isNull(media.copyOf), gte(media.createdAt, since)))
    .groupBy(media.kind);
  const of = (kind: string) => rows.find((row) => row.kind === kind)?.n ?? 0;
  return { image: of('image'), video: of('video') };
}

/** Whether there is an account that is not being removed. */
export async function hasAccount(db: Database): Promise<boolean> {
  const { accounts } = db.tables;
  const [row] = await db
    .select({ id: accounts.id })
    .from(accounts)
    .where(isNull(accounts.removedAt))
    .limit(1);
  return row !== undefined;
}

/** Whether the playground has ever made something. */
export async function hasPlaygroundResult(db: Database): Promise<boolean> {
  const { jobs } = db.tables;
  const [row] = await db
    .select({ id: jobs.id })
    .from(jobs)
    // It takes no key: without this every job would be looked at.
    .where(and(isNull(jobs.apiKeyId), eq(jobs.requestSource, 'playground'), eq(jobs.state, 'completed')))
    .limit(1);
  return row !== undefined;
}

/** The files of these jobs, in the order in which they were made. */
export async function listMediaOfJobs(db: Database, jobIds: string[]): Promise<MediaRow[]> {
  const { media } = db.tables;
  if (jobIds.length === 0) return [];
  return await db
    .select()
    .from(media)
    .where(inArray(media.jobId, jobIds))
    .orderBy(asc(media.createdAt), asc(media.id));
}
