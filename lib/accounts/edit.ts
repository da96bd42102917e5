import {
  type AccountChanges,
  type AccountRow,
  findAccount,
  insertProject,
  listProjects,
} from '@/db/repositories/accounts';
import type { EditAccountInput } from '../admin-api/accounts';
import { type Actor, writeAudit } from '../audit';
import { GatewayError } from '../errors';
import { randomId } from '../generation/ids';
import { showProxy, takeSecret } from '../proxy-mask';
import type { Runtime } from '../runtime';
import { parseOwnProxy } from './add';
import { changeHealth } from './change-health';
import {
  applyBlocksEnded,
  applyCooldownEnded,
  applyDisabled,
  applyEnabled,
  applyErrorsReset,
} from './health';
import { versionOf } from './version';

type Needs = Pick<Runtime, 'db' | 'now' | 'log' | 'settings' | 'secrets' | 'signals'>;

/** Which account, and who wants it changed. */
export type AccountTarget = { id: string; actor: Actor };

/** What is edited of an account. Absent: stays as it is; null: is cleared. */
export type AccountEdits = Omit<EditAccountInput, 'version'> & {
  /** How the project is called here. */
  project_name?: string | undefined;
};

/** The account of this id. Throws `not_found`. */
export async function getAccount({ db }: Pick<Runtime, 'db'>, id: string): Promise<AccountRow> {
  const row = await findAccount(db, id);
  if (row === undefined) throw accountNotFound(id);
  return row;
}

/**
 * Changes what is given and nothing else; upstream is not asked. `version` is what the editor saw. Throws `not_found`,
 * `invalid_request`, and `conflict` when the account was edited elsewhere meanwhile or is being removed.
 */
export async function editAccount(
  runtime: Needs,
  target: AccountTarget,
  edits: AccountEdits,
  version?: string,
): Promise<AccountRow> {
  const proxy =
    edits.proxy_url === undefined
      ? {}
      : sealProxy(runtime, await getAccount(runtime, target.id), edits.proxy_url);
  const project = await findProject(runtime, target.id, edits.project_id);
  const row = await change(runtime, target.id, (current) => {
    if (version !== undefined && version !== versionOf(current)) throw editedElsewhere(current);
    return toChanges(current, edits, runtime.now(), { ...proxy, ...project });
  });
  await writeAudit(runtime, {
    ...target.actor,
    action: 'account.edit',
    object: row.id,
    detail: {
      email: row.email,
      fields: Object.keys(edits).filter((key) => Reflect.get(edits, key) !== undefined),
    },
  });
  return row;
}

/** Switches the account on; forgives a ban and what led to it. Throws `not_found` and `conflict`. */
export const enableAccount = (runtime: Needs, target: AccountTarget): Promise<AccountRow> =>
  act(runtime, target, 'account.enable', () => applyEnabled());

/** Leaves the account out until a hand switches it on again. Throws `not_found` and `conflict`. */
export const disableAccount = (runtime: Needs, target: AccountTarget): Promise<AccountRow> =>
  act(runtime, target, 'account.disable', (row) => (row.enabled ? applyDisabled(runtime.now()) : undefined));

/** Ends the streak of errors and a ban that came of it. Throws `not_found` and `conflict`. */
export const resetAccountErrors = (runtime: Needs, target: AccountTarget): Promise<AccountRow> =>
  act(runtime, target, 'account.reset_errors', () => applyErrorsReset());

/** Ends a cooldown before its time. Throws `not_found` and `conflict`. */
export const endAccountCooldown = (runtime: Needs, target: AccountTarget): Promise<AccountRow> =>
  act(runtime, target, 'account.end_cooldown', () => applyCooldownEnded());

/** "Try again": ends the blocks of one scope. Throws `not_found`, also for a block that there is not, and `conflict`. */
export const unblockAccount = (
  runtime: Needs,
  { scope, ...target }: AccountTarget & { scope: string },
): Promise<AccountRow> =>
  act(
    runtime,
    target,
    'account.unblock',
    (row) => {
      if (row.blocks.some((block) => block.scope === scope)) return applyBlocksEnded(row, scope);
      throw new GatewayError('not_found', `The account is not blocked for ${scope}.`);
    },
    { scope },
  );

/** One change by hand, with its line in the audit list. Jobs that wait may have a use for the account afterwards. */
async function act(
  runtime: Needs,
  { id, actor }: AccountTarget,
  action: string,
  decide: (row: AccountRow) => AccountChanges | undefined,
  detail: Record<string, unknown> = {},
): Promise<AccountRow> {
  const row = await change(runtime, id, decide);
  await writeAudit(runtime, { ...actor, action, object: id, detail: { email: row.email, ...detail } });
  return row;
}

async function change(
  runtime: Needs,
  id: string,
  decide: (row: AccountRow) => AccountChanges | undefined,
): Promise<AccountRow> {
  const row = await changeHealth(runtime, id, (current) => {
    if (current.removedAt !== null) throw beingRemoved(current);
    return decide(current);
  });
  if (row === undefined) throw accountNotFound(id);
  runtime.signals.wakeWorker();
  return row;
}

function toChanges(
  row: AccountRow,
  edits: AccountEdits,
  now: Date,
  looked: Pick<AccountChanges, 'proxyUrlSealed' | 'projectId' | 'projectName'>,
): AccountChanges {
  return {
    ...looked,
    ...(edits.project_name === undefined ? {} : { projectName: edits.project_name || null }),
    ...(edits.remark === undefined ? {} : { remark: edits.remark === '' ? null : edits.remark }),
    ...(edits.enabled === undefined || edits.enabled === row.enabled ? {} : switched(edits.enabled, now)),
    ...(edits.image_enabled === undefined ? {} : { imageEnabled: edits.image_enabled }),
    ...(edits.video_enabled === undefined ? {} : { videoEnabled: edits.video_enabled }),
    ...(edits.image_concurrency === undefined ? {} : { imageConcurrency: edits.image_concurrency }),
    ...(edits.video_concurrency === undefined ? {} : { videoConcurrency: edits.video_concurrency }),
  };
}

const switched = (enabled: boolean, now: Date): AccountChanges =>
  enabled ? applyEnabled() : applyDisabled(now);

/** The proxy as it is stored; as it was shown it stays as it is. Throws `invalid_request` on `proxy_url`. */
export function sealProxy(
  { secrets }: Pick<Runtime, 'secrets'>,
  row: AccountRow,
  proxyUrl: string | null,
): Pick<AccountChanges, 'proxyUrlSealed'> {
  const shown = row.proxyUrlSealed === null ? undefined : showProxy({ secrets }, row.proxyUrlSealed);
  const given = takeSecret(proxyUrl ?? '', shown, 'proxy_url');
  if (given === undefined) return {};
  const parsed = parseOwnProxy(given);
  return { proxyUrlSealed: parsed === undefined ? null : secrets.seal(parsed) };
}

/** The project with the title it is known by; one that was not known is remembered. */
async function findProject(
  { db, now }: Needs,
  accountId: string,
  projectId: string | null | undefined,
): Promise<Pick<AccountChanges, 'projectId' | 'projectName'>> {
  if (projectId === undefined) return {};
  if (projectId === null || projectId === '') return { projectId: null, projectName: null };
  const known = (await listProjects(db, accountId)).find(({ upstreamId }) => upstreamId === projectId);
  if (known !== undefined) return { projectId, projectName: known.title === '' ? null : known.title };
  if ((await findAccount(db, accountId)) === undefined) throw accountNotFound(accountId);
  const project = { id: randomId(), accountId, upstreamId: projectId, title: '', createdAt: now() };
  await insertProject(db, project);
  return { projectId, projectName: null };
}

/** There is no such account (any more). */
export const accountNotFound = (id: string): GatewayError =>
  new GatewayError('not_found', `There is no account ${id.slice(0, 100)}.`);

/** Nothing can be changed any more. */
export const beingRemoved = (row: AccountRow): GatewayError =>
  new GatewayError('conflict', `${row.email} is being removed; it goes when its last jobs have ended.`, {
    wireCode: 'account_being_removed',
  });

const editedElsewhere = (row: AccountRow): GatewayError =>
  new GatewayError('conflict', `${row.email} was changed elsewhere meanwhile. Nothing was saved.`, {
    wireCode: 'edited_elsewhere',
    details: { version: versionOf(row) },
  });
