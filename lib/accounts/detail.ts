import { type AccountRow, findAccount, listProjects } from '@/db/repositories/accounts';
import { listHealthChanges } from '@/db/repositories/health-changes';
import type { AccountDetail } from '../admin-api/accounts';
import { showProxy } from '../proxy-mask';
import type { Runtime } from '../runtime';
import { viewAccount } from './list';

const shownChanges = 50;

/** What the page of one account shows. No secret: a proxy is shown without its credentials. */
export async function viewAccountDetail(
  runtime: Pick<Runtime, 'db' | 'now' | 'settings' | 'secrets'>,
  row: AccountRow,
): Promise<AccountDetail> {
  const { db, now } = runtime;
  const [view, projects, changes] = await Promise.all([
    viewAccount(runtime, row),
    listProjects(db, row.id),
    listHealthChanges(db, { accountId: row.id, limit: shownChanges }),
  ]);
  return {
    ...view,
    projects: projects.map((project) => ({
      project_id: project.upstreamId,
      title: project.title,
      is_current: project.upstreamId === row.projectId,
      created_at: project.createdAt.toISOString(),
    })),
    health_history: changes.map(({ at, before, after, reason }) => ({
      at: at.toISOString(),
      before,
      after,
      reason,
    })),
    credits_age:
      row.creditsCheckedAt === null
        ? null
        : Math.max(0, Math.floor((now().getTime() - row.creditsCheckedAt.getTime()) / 1_000)),
    proxy: row.proxyUrlSealed === null ? null : showProxy(runtime, row.proxyUrlSealed),
    disabled_at: row.disabledAt?.toISOString() ?? null,
  };
}

/** The same by the account's id; `undefined` where there is no such account. */
export async function findAccountDetail(
  runtime: Pick<Runtime, 'db' | 'now' | 'settings' | 'secrets'>,
  id: string,
): Promise<AccountDetail | undefined> {
  const row = await findAccount(runtime.db, id);
  return row === undefined ? undefined : viewAccountDetail(runtime, row);
}
