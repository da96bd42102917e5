import { z } from 'zod';
import { parseProxyUrl } from '@/config/proxy-url';
import {
  type AccountChanges,
  type AccountRow,
  findAccountByEmail,
  findAccountBySessionTokenHash,
  listAccounts,
} from '@/db/repositories/accounts';
import type { ImportPreview } from '../admin-api/accounts';
import {
  cleanSessionToken,
  looksLikeSessionToken,
  sessionTokenShapeMessage,
} from '../admin-api/session-token';
import type { TaskView } from '../admin-api/tasks';
import { type Actor, writeAudit } from '../audit';
import { GatewayError, isGatewayError } from '../errors';
import { randomId } from '../generation/ids';
import { holdsMask, showProxy, takeSecret } from '../proxy-mask';
import type { Runtime } from '../runtime';
import { findSecret } from './access-token';
import { openAccount, storeAccount } from './add';
import { beingRemoved } from './edit';
import { changeToken, dropLostProxy, type RefreshNeeds } from './refresh';
import { startTask, type TaskKind } from './tasks';

/** The kind of task that an import is. */
export const importKind = 'accounts.import';

const sessionToken = z
  .string('There is no session_token.')
  .transform(cleanSessionToken)
  .refine((token) => token !== '', { error: 'There is no session_token.', abort: true })
  .refine(looksLikeSessionToken, sessionTokenShapeMessage);

/** 0 and everything below it stand for "unlimited" in the predecessor's files. */
const concurrency = (name: string) =>
  z
    .int(`${name} is not a whole number.`)
    .max(1_000, `${name} is more than 1,000.`)
    .nullable()
    .transform((limit) => (limit === null || limit <= 0 ? null : limit))
    .optional();

const flag = (name: string) => z.boolean(`${name} is neither true nor false.`).optional();

/** One account of a file. What is absent stays as it is on an account that exists. */
const importedAccount = z.object(
  {
    session_token: sessionToken,
    /** As the file has it; whose the session token is, only upstream can say. */
    email: z.string('email is not text.').trim().nullish(),
    is_active: flag('is_active'),
    image_enabled: flag('image_enabled'),
    video_enabled: flag('video_enabled'),
    image_concurrency: concurrency('image_concurrency'),
    video_concurrency: concurrency('video_concurrency'),
    proxy_url: z
      .string('proxy_url is not text.')
      .nullish()
      // What is shown of a proxy is looked at beside the account that has it.
      .transform((text) => (holdsMask(text ?? '') ? (text ?? '') : parseProxyUrl(text ?? '')))
      .refine((url) => url !== undefined, 'proxy_url is no address of a proxy.')
      .optional(),
    remark: z
      .string('remark is not text.')
      .trim()
      .max(200, 'remark is longer than 200 characters.')
      .nullish(),
  },
  'This is not an account.',
);

/** One account of a file, read. */
export type ImportedAccount = z.infer<typeof importedAccount>;

const usedFields = new Set(Object.keys(importedAccount.shape));

type ParsedRow = { email: string | null; item?: ImportedAccount; fault?: string };

/** Reads one account of a file; never throws. */
export function parseImported(value: unknown): ParsedRow {
  const parsed = importedAccount.safeParse(value);
  if (parsed.success) return { email: parsed.data.email || null, item: parsed.data };
  const email = z.object({ email: z.string().trim().min(1).max(200) }).safeParse(value);
  return {
    email: email.success ? email.data.email : null,
    fault: parsed.error.issues[0]?.message ?? 'This is not an account.',
  };
}

/** The fields of a file that are not used here, once each, in their order. */
export const ignoredFields = (values: readonly unknown[]): string[] => [
  ...new Set(
    values
      .flatMap((value) =>
        typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.keys(value) : [],
      )
      .filter((name) => !usedFields.has(name))
      .map((name) => name.slice(0, 100)),
  ),
];

/** What an import would do with each row. Writes nothing and asks nobody: whose a token is, the e-mail of the file says. */
export async function previewImport(
  { db, secrets }: Pick<Runtime, 'db' | 'secrets'>,
  values: readonly unknown[],
): Promise<ImportPreview> {
  const known = (await listAccounts(db)).filter((row) => row.removedAt === null);
  const byToken = new Map(known.map((row) => [row.sessionTokenHash, row]));
  const byEmail = new Map(known.map((row) => [row.email.toLowerCase(), row]));
  const seen = new Map<string, number>();
  const counts = { new: 0, update: 0, duplicate: 0, invalid: 0 };

  const rows = values.map((value, index): ImportPreview['rows'][number] => {
    const { email, item, fault } = parseImported(value);
    const place = { row: index + 1, email };
    if (item === undefined)
      return { ...place, status: 'invalid', ...(fault === undefined ? {} : { reason: fault }) };
    const hash = secrets.fingerprint(item.session_token);
    const earlier = findEarlier(seen, identitiesOf(hash, email), index + 1);
    if (earlier !== undefined)
      return { ...place, status: 'duplicate', reason: `The same account as in row ${earlier}.` };
    const account = byToken.get(hash) ?? byEmail.get(email?.toLowerCase() ?? '');
    const proxyFault = faultOfProxy({ secrets }, item, account);
    if (proxyFault !== undefined) return { ...place, status: 'invalid', reason: proxyFault };
    return account === undefined
      ? { ...place, status: 'new' }
      : { ...place, email: email ?? account.email, status: 'update', account_id: account.id };
  });
  for (const { status } of rows) counts[status] += 1;
  return { rows, counts, ignored_fields: ignoredFields(values) };
}

function faultOfProxy(
  runtime: Pick<Runtime, 'secrets'>,
  item: ImportedAccount,
  known: AccountRow | undefined,
): string | undefined {
  try {
    withoutShownProxy(runtime, item, known);
    return undefined;
  } catch (error) {
    if (!isGatewayError(error)) throw error;
    return error.message;
  }
}

const identitiesOf = (hash: string, email: string | null): string[] =>
  email === null ? [hash] : [hash, email.toLowerCase()];

/** The row that had one of these before; remembers them for this one. */
function findEarlier(seen: Map<string, number>, identities: string[], row: number): number | undefined {
  const earlier = identities.map((identity) => seen.get(identity)).find((found) => found !== undefined);
  for (const identity of identities) if (!seen.has(identity)) seen.set(identity, earlier ?? row);
  return earlier;
}

type ImportMode = 'add_and_update' | 'add_only';

/** As it is sealed while the task runs. */
type ImportInput = { mode: ImportMode; accounts: unknown[] };

/** Begins an import; rows that cannot be imported are told in its result like all others. */
export async function startImport(
  runtime: Pick<Runtime, 'db' | 'now' | 'log' | 'secrets'>,
  { accounts, mode }: ImportInput,
  actor: Actor,
): Promise<TaskView> {
  const input: ImportInput = { mode, accounts };
  const task = await startTask(runtime, { kind: importKind, total: accounts.length, input });
  await writeAudit(runtime, {
    ...actor,
    action: 'account.import',
    object: task.id,
    detail: { mode, rows: accounts.length },
  });
  return task;
}

/** The work of an import. Rows that name the same account as an earlier one are left out. */
export const importTask = (runtime: RefreshNeeds): TaskKind => ({
  asksUpstream: true,
  open(stored) {
    const { mode, accounts } = stored as ImportInput; // stored by `startImport`
    const parsed = accounts.map(parseImported);
    const seen = new Map<string, number>();
    const earlier = parsed.map(({ email, item }, index) =>
      item === undefined
        ? undefined
        : findEarlier(seen, identitiesOf(runtime.secrets.fingerprint(item.session_token), email), index + 1),
    );
    return {
      emailOf: (index) => parsed[index]?.email ?? null,
      async run(index, signal) {
        const { email = null, item, fault } = parsed[index] ?? {};
        if (item === undefined)
          return { email, account_id: null, outcome: 'failed', reason: fault ?? 'This is not an account.' };
        const same = earlier[index];
        if (same !== undefined) {
          return {
            email,
            account_id: null,
            outcome: 'skipped',
            reason: `The same account as in row ${same}.`,
          };
        }
        const { outcome, row } = await putAccount(runtime, item, { mode }, signal);
        return {
          email: row.email,
          account_id: row.id,
          outcome,
          ...(outcome === 'skipped' ? { reason: 'The account is here already.' } : {}),
        };
      },
    };
  },
});

/**
 * Adds an account, or gives its new session token to the one that is here: which of them, only upstream can say, by the
 * e-mail it answers with. A step that fails leaves everything as it was. An account that comes as not active is added
 * switched off; one that is here is never switched off by it, and on only where `enable` says so.
 */
export async function putAccount(
  runtime: RefreshNeeds,
  given: ImportedAccount,
  { mode, enable = false, newRemark }: { mode: ImportMode; enable?: boolean; newRemark?: string },
  signal: AbortSignal,
): Promise<{ outcome: 'added' | 'updated' | 'skipped'; row: AccountRow; before?: AccountRow }> {
  const { db, secrets } = runtime;
  const sameToken = await findAccountBySessionTokenHash(db, secrets.fingerprint(given.session_token));
  if (sameToken !== undefined && mode === 'add_only') return { outcome: 'skipped', row: sameToken };
  const id = sameToken?.id ?? randomId();
  // Its own proxy is used from the first call on, so before upstream has said whose the token is.
  const named = sameToken ?? (given.email ? await findAccountByEmail(db, given.email) : undefined);
  const item = withoutShownProxy(runtime, given, named);
  const opened = await openAccount(runtime, id, proxyFor(runtime, item, named), signal);
  if (opened.session.email === '') throw nameless();
  const known = sameToken ?? (await findAccountByEmail(db, opened.session.email));
  if (known === undefined) {
    const row = await storeAccount(
      runtime,
      {
        id,
        opened: { ...opened, ownProxyUrl: item.proxy_url || undefined },
        enabled: item.is_active ?? true,
        input: newAccountOf({ ...item, remark: item.remark || newRemark }),
      },
      signal,
    );
    return { outcome: 'added', row };
  }
  if (mode === 'add_only') return { outcome: 'skipped', row: known };
  if (known.removedAt !== null) throw beingRemoved(known);
  const changes = { ...dropLostProxy(runtime, known), ...changesOf(runtime, item) };
  const token = { sessionToken: item.session_token, opened, enable, changes };
  return { outcome: 'updated', row: await changeToken(runtime, known, token, signal), before: known };
}

/**
 * The row without its proxy where that is what is shown of the account's own. Throws `invalid_request` for every other
 * proxy with dots in it.
 */
function withoutShownProxy(
  runtime: Pick<Runtime, 'secrets'>,
  item: ImportedAccount,
  known: AccountRow | undefined,
): ImportedAccount {
  const stored = known?.proxyUrlSealed ?? null;
  const shown = stored === null ? undefined : showProxy(runtime, stored);
  return { ...item, proxy_url: takeSecret(item.proxy_url ?? '', shown, 'proxy_url') };
}

/** The proxy that the file names, else the one that the account has. */
const proxyFor = (runtime: RefreshNeeds, item: ImportedAccount, known: AccountRow | undefined) => ({
  session_token: item.session_token,
  proxy_url: item.proxy_url || undefined,
  expectedProxyUrl: known === undefined ? undefined : findSecret(runtime, known.id, known.proxyUrlSealed),
});

const newAccountOf = (item: ImportedAccount) => ({
  session_token: item.session_token,
  image_enabled: item.image_enabled ?? true,
  video_enabled: item.video_enabled ?? true,
  image_concurrency: item.image_concurrency ?? null,
  video_concurrency: item.video_concurrency ?? null,
  ...(item.remark ? { remark: item.remark } : {}),
});

const changesOf = ({ secrets }: RefreshNeeds, item: ImportedAccount): AccountChanges => ({
  ...(item.image_enabled === undefined ? {} : { imageEnabled: item.image_enabled }),
  ...(item.video_enabled === undefined ? {} : { videoEnabled: item.video_enabled }),
  ...(item.image_concurrency === undefined ? {} : { imageConcurrency: item.image_concurrency }),
  ...(item.video_concurrency === undefined ? {} : { videoConcurrency: item.video_concurrency }),
  ...(item.remark ? { remark: item.remark } : {}),
  // A file written without secrets has none: that is no wish to be without a proxy.
  ...(item.proxy_url ? { proxyUrlSealed: secrets.seal(item.proxy_url) } : {}),
});

const nameless = () =>
  new GatewayError(
    'upstream_unavailable',
    'Google does not say whose this session token is. Try again later.',
  );
