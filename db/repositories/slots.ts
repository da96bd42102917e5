import { and, count, eq, sql } from 'drizzle-orm';
import { type Database, q } from '../client';
import type { AccountRow } from './accounts';
import type { JobRow } from './jobs';

/** What taking a slot came to: the job as it is now, `full` (try another account) or `gone` (the job is no longer queued). */
export type SlotOutcome = { job: JobRow } | 'full' | 'gone';

/**
 * Gives the job to the account when the account has room for one more of its kind. The count and the change are one
 * transaction with the account's row locked, so a limit holds exactly, also among several processes.
 */
export const takeSlot = (
  db: Database,
  want: {
    jobId: string;
    account: AccountRow;
    kind: 'image' | 'video';
    owner: string;
    leaseUntil: Date;
    now: Date;
    /** What is written as the last use of the account. */
    usedAt: Date;
  },
): Promise<SlotOutcome> => {
  const { accounts, apiKeys, jobs, jobSteps } = db.tables;
  return db.transaction(function* (tx): Generator<unknown, SlotOutcome, unknown> {
    const [account] = yield* q(
      db.forUpdate(tx.select().from(accounts).where(eq(accounts.id, want.account.id))),
    );
    if (account === undefined || !mayServe(account, want.kind, want.now)) return 'full';
    const limit = want.kind === 'image' ? account.imageConcurrency : account.videoConcurrency;
    if (limit !== null) {
      const [running] = yield* q(
        tx
          .select({ n: count().mapWith(Number) })
          .from(jobs)
          .where(and(eq(jobs.accountId, account.id), eq(jobs.occupies, true), eq(jobs.kind, want.kind))),
      );
      if ((running?.n ?? 0) >= limit) return 'full';
    }
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

/** What can have changed between choosing the account and locking its row. */
const mayServe = (account: AccountRow, kind: 'image' | 'video', now: Date): boolean =>
  account.enabled &&
  account.removedAt === null &&
  account.bannedAt === null &&
  account.expiredAt === null &&
  (account.cooldownUntil === null || account.cooldownUntil <= now) &&
  (kind === 'image' ? account.imageEnabled : account.videoEnabled);
