import { and, count, eq, sql } from 'drizzle-orm';
import { type Database, q } from '../client';
import type { AccountRow, RunningCounts } from './accounts';
import type { JobRow } from './jobs';

/** What taking a slot came to: the job as it is now, `full` (try another account) or `gone` (the job is no longer queued). */
export type SlotOutcome = { job: JobRow } | 'full' | 'gone';

/**
 * Gives the job to the account when it may still have it: `mayServe` is asked with the account's row as it is now, locked,
 * and with what the account runs of this kind, counted in the same transaction. So a limit holds exactly, also among several
 * processes, and what has changed since the account was chosen counts.
 */
export const takeSlot = (
  db: Database,
  want: {
    jobId: string;
    accountId: string;
    kind: 'image' | 'video';
    owner: string;
    leaseUntil: Date;
    now: Date;
    /** What is written as the last use of the account. */
    usedAt: Date;
    /** Pure; counts of the other kind are 0. */
    mayServe: (account: { row: AccountRow; running: RunningCounts }) => boolean;
  },
): Promise<SlotOutcome> => {
  const { accounts, apiKeys, jobs, jobSteps } = db.tables;
  return db.transaction(function* (tx): Generator<unknown, SlotOutcome, unknown> {
    const [account] = yield* q(
      db.forUpdate(tx.select().from(accounts).where(eq(accounts.id, want.accountId))),
    );
    if (account === undefined) return 'full';
    const running: RunningCounts = { image: 0, video: 0 };
    const limit = want.kind === 'image' ? account.imageConcurrency : account.videoConcurrency;
    if (limit !== null) {
      const [occupying] = yield* q(
        tx
          .select({ n: count().mapWith(Number) })
          .from(jobs)
          .where(and(eq(jobs.accountId, account.id), eq(jobs.occupies, true), eq(jobs.kind, want.kind))),
      );
      running[want.kind] = occupying?.n ?? 0;
    }
    if (!want.mayServe({ row: account, running })) return 'full';
    const [job] = yield* q(
      tx
        .update(jobs)
        .set({
          state: 'running',
          step: 'account_selected',
          accountId: account.id,
          accountEmail: account.email,
          tier: account.tier,
          projectId: null,
          uploads: [],
          occupies: true,
          leaseOwner: want.owner,
          leaseUntil: want.leaseUntil,
          startedAt: sql`coalesce(${jobs.startedAt}, ${want.now.getTime()})`,
          revision: sql`${jobs.revision} + 1`,
        })
        .where(and(eq(jobs.id, want.jobId), eq(jobs.state, 'queued')))
        .returning(),
    );
    if (job === undefined) return 'gone';
    yield* q(
      tx.insert(jobSteps).values({
        jobId: job.id,
        name: 'account_selected',
        detail: { accountId: account.id, account: account.email, attempt: job.attempts + 1 },
        startedAt: want.now,
      }),
    );
    yield* q(tx.update(accounts).set({ lastUsedAt: want.usedAt }).where(eq(accounts.id, account.id)));
    if (job.apiKeyId !== null) {
      yield* q(tx.update(apiKeys).set({ lastServedAt: want.now }).where(eq(apiKeys.id, job.apiKeyId)));
    }
    return { job };
  });
};
