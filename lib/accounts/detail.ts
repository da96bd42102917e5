import { type AccountRow, listProjects } from '@/db/repositories/accounts';
import { listHealthChanges } from '@/db/repositories/health-changes';
import type { AccountDetail } from '../admin-api/accounts';
import type { Runtime } from '../runtime';
import { viewAccount } from './list';

const shownChanges = 50;

/** What the page of one account shows. No secret: a proxy is shown without its credentials. */
export async function viewAccountDetail(
  runtime: Pick<Runtime, 'db' | 'now' | 'settings' | 'secrets'>,
  row: AccountRow,
): Promise<AccountDetail> {
  const { db, now, secrets } = runtime;
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
    session_token: {
      is_stored: row.sessionTokenSealed !== null,
      replaced_at: row.sessionTokenReplacedAt?.toISOString() ?? null,
    },
    proxy: row.proxyUrlSealed === null ? null : showProxy(secrets, row.proxyUrlSealed),
    last_error:
      row.lastErrorAt === null
        ? null
        : { at: row.lastErrorAt.toISOString(), code: row.lastErrorCode ?? 'unknown' },
    disabled_at: row.disabledAt?.toISOString() ?? null,
  };
}

function showProxy(secrets: Runtime['secrets'], sealed: string): string {
  try {
    return hideCredentials(secrets.open(sealed));
  } catch {
    return 'Cannot be opened with this SECRET_KEY; enter it again';
  }
}

/** `http://user:••••@host:8080`, so that the dots tell nothing of the password. */
export const hideCredentials = (proxyUrl: string): string =>
  proxyUrl.replace(/^([a-z0-9]+:\/\/[^:@/]*)(:[^@/]*)?@/i, (_all, user: string, password?: string) =>
    password === undefined ? `${user}@` : `${user}:••••@`,
  );
