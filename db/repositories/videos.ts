import { and, asc, desc, eq, gt, isNull, lt, or } from 'drizzle-orm';
import type { Database } from '../client';
import type { JobRow } from './jobs';

/** One page of the videos of an API key; `after` is the last one of the page before. */
export type VideoPage = {
  apiKeyId: string;
  order: 'asc' | 'desc';
  limit: number;
  after?: { createdAt: Date; id: string } | undefined;
};

/** The video jobs of a key that it has not deleted, by the time they were made. */
export function listVideoJobs(db: Database, page: VideoPage): Promise<JobRow[]> {
  const { jobs } = db.tables;
  const { after } = page;
  const [direction, beyond] = page.order === 'asc' ? ([asc, gt] as const) : ([desc, lt] as const);
  return db
    .select()
    .from(jobs)
    .where(
      and(
        eq(jobs.apiKeyId, page.apiKeyId),
        eq(jobs.kind, 'video'),
        isNull(jobs.hiddenAt),
        after === undefined
          ? undefined
          : or(
              beyond(jobs.createdAt, after.createdAt),
              and(eq(jobs.createdAt, after.createdAt), beyond(jobs.id, after.id)),
            ),
      ),
    )
    .orderBy(direction(jobs.createdAt), direction(jobs.id))
    .limit(page.limit);
}

/** Takes a job out of its key's videos. `false` when it is not among them. */
export async function hideVideoJob(
  db: Database,
  want: { jobId: string; apiKeyId: string; now: Date },
): Promise<boolean> {
  const { jobs } = db.tables;
  const rows = await db
    .update(jobs)
    .set({ hiddenAt: want.now })
    .where(
      and(
        eq(jobs.id, want.jobId),
        eq(jobs.apiKeyId, want.apiKeyId),
        eq(jobs.kind, 'video'),
        isNull(jobs.hiddenAt),
      ),
    )
    .returning({ id: jobs.id });
  return rows.length > 0;
}

/** Notes that the files of a job are no longer stored, but for those that the operator keeps. */
export async function forgetFilesOfJob(db: Database, jobId: string): Promise<void> {
  const { media } = db.tables;
  await db
    .update(media)
    .set({ storageKey: null, previewKey: null, previewBytes: null })
    .where(and(eq(media.jobId, jobId), eq(media.kept, false)));
}
