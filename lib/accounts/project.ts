import { type AccountRow, chooseFirstProject, findAccount, insertProject } from '@/db/repositories/accounts';
import { GatewayError, isGatewayError, UpstreamError } from '../errors';
import { randomId } from '../generation/ids';
import type { UpstreamAccess } from '../generation/upstream';
import type { Runtime } from '../runtime';
import { exclusively } from './exclusive';
import { projectTitle } from './project-title';

type Needs = Pick<Runtime, 'db' | 'upstream' | 'now' | 'makingProjects'>;

const makeTimeoutMs = 60_000; // shared by everyone who waits, so no single caller's signal ends it

/**
 * The project that an account works in. Where it has none one is made: one at a time for an account, in this process and
 * among replicas; whoever asks meanwhile gets the same. Throws what upstream throws.
 */
export function ensureProject(runtime: Needs, row: AccountRow, access: UpstreamAccess): Promise<string> {
  if (row.projectId !== null) return Promise.resolve(row.projectId);
  const running = runtime.makingProjects.get(row.id);
  if (running !== undefined) return running;
  const making = makeOnce(runtime, row.id, access).finally(() => runtime.makingProjects.delete(row.id));
  runtime.makingProjects.set(row.id, making);
  return making;
}

async function makeOnce(runtime: Needs, accountId: string, access: UpstreamAccess): Promise<string> {
  const signal = AbortSignal.timeout(makeTimeoutMs);
  try {
    return await exclusively(runtime, `project:${accountId}`, signal, async () => {
      const row = await findAccount(runtime.db, accountId);
      return row?.projectId ?? (await make(runtime, accountId, access, signal));
    });
  } catch (error) {
    throw signal.aborted && !isGatewayError(error) ? tooSlow(error) : error;
  }
}

/** Makes a project and chooses it, unless another one was chosen meanwhile; that one counts then. */
async function make(
  { db, upstream, now }: Needs,
  accountId: string,
  access: UpstreamAccess,
  signal: AbortSignal,
): Promise<string> {
  const { projectId, title } = await upstream.createProject(access, projectTitle(now()), signal);
  const at = now();
  await insertProject(db, {
    id: `prj_${randomId()}`,
    accountId,
    upstreamId: projectId,
    title,
    createdAt: at,
  });
  const chosen = await chooseFirstProject(db, { accountId, projectId, projectName: title, now: at });
  if (chosen === undefined)
    throw new GatewayError('no_account_available', 'The account of this job has been removed.');
  return chosen;
}

const tooSlow = (cause: unknown) =>
  new UpstreamError(
    'upstream_unavailable',
    'Another process takes too long to make the project of the account.',
    { accepted: 'no', retry: 'same_account', account: { type: 'none' } },
    { cause },
  );
