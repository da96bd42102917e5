import { getMeta, setMeta, setMetaIfAbsent } from '@/db/repositories/meta';
import {
  listSealedAccounts,
  listSealedTasks,
  replaceSealedAccount,
  replaceSealedTask,
  type SealedAccount,
} from '@/db/repositories/sealed';
import { listSettings, saveSettings } from '@/db/repositories/settings';
import type { Runtime } from './runtime';
import { SecretKeyError } from './secrets';

const checkKey = 'secret_key_check';

/**
 * Sees to it at start that the secret key in use is the one of this database. After a change of it, with the key before
 * as SECRET_KEY_PREVIOUS, everything is sealed anew, so that the old key is needed no longer. Throws `SecretKeyError`
 * where the key is another, such as that of a second process without the SECRET_KEY of the first.
 */
export async function adoptSecretKey(
  runtime: Pick<Runtime, 'db' | 'secrets' | 'now' | 'log'>,
): Promise<void> {
  const { db, secrets, log } = runtime;
  const check = secrets.seal('flow2api');
  await setMetaIfAbsent(db, checkKey, check);
  const stored = (await getMeta(db, checkKey)) ?? check;
  try {
    secrets.open(stored);
  } catch (error) {
    throw new SecretKeyError(
      `The secrets of this database are sealed with another SECRET_KEY. Start with that one (every process on one database needs the same), or give it as SECRET_KEY_PREVIOUS. If it is lost, so are the sealed secrets: delete the row '${checkKey}' of the table meta, and enter them anew in the console.`,
      { cause: error },
    );
  }
  if (secrets.isCurrent(stored)) return;
  const unreadable =
    (await resealAccounts(runtime)) + (await resealSettings(runtime)) + (await resealTasks(runtime));
  await setMeta(db, checkKey, check);
  if (unreadable > 0) log.warn({ values: unreadable }, 'some sealed secrets cannot be read with either key');
  log.info('all secrets are sealed with the new SECRET_KEY; SECRET_KEY_PREVIOUS can be removed');
}

type Reseal = { seal: <T extends string | null>(sealed: T) => T; unreadable: () => number };

function makeReseal({ secrets }: Pick<Runtime, 'secrets'>): Reseal {
  let unreadable = 0;
  return {
    unreadable: () => unreadable,
    seal<T extends string | null>(sealed: T): T {
      if (sealed === null) return sealed;
      try {
        // `T` is a string here, and so is what comes back.
        return (secrets.isCurrent(sealed) ? sealed : secrets.seal(secrets.open(sealed))) as T;
      } catch (error) {
        if (!(error instanceof SecretKeyError)) throw error;
        unreadable += 1;
        return sealed;
      }
    },
  };
}

async function resealAccounts(runtime: Pick<Runtime, 'db' | 'secrets'>): Promise<number> {
  const { db, secrets } = runtime;
  const reseal = makeReseal(runtime);
  for (const before of await listSealedAccounts(db)) {
    const sessionTokenSealed = reseal.seal(before.sessionTokenSealed);
    const isReadable = sessionTokenSealed !== null && sessionTokenSealed !== before.sessionTokenSealed;
    const after: SealedAccount = {
      id: before.id,
      sessionTokenSealed,
      sessionTokenHash: isReadable
        ? secrets.fingerprint(secrets.open(sessionTokenSealed))
        : before.sessionTokenHash,
      accessTokenSealed: reseal.seal(before.accessTokenSealed),
      proxyUrlSealed: reseal.seal(before.proxyUrlSealed),
    };
    // Who changed the row meanwhile has this key as well, and sealed with it.
    await replaceSealedAccount(db, before, after);
  }
  return reseal.unreadable();
}

async function resealSettings(runtime: Pick<Runtime, 'db' | 'secrets' | 'now'>): Promise<number> {
  const { db, now } = runtime;
  const reseal = makeReseal(runtime);
  const rows = (await listSettings(db)).flatMap(({ key, value }) =>
    isSealed(value) ? [{ key, value: { sealed: reseal.seal(value.sealed) } }] : [],
  );
  await saveSettings(db, rows, now());
  return reseal.unreadable();
}

async function resealTasks(runtime: Pick<Runtime, 'db' | 'secrets'>): Promise<number> {
  const reseal = makeReseal(runtime);
  for (const { id, inputSealed } of await listSealedTasks(runtime.db))
    await replaceSealedTask(runtime.db, { id, before: inputSealed, after: reseal.seal(inputSealed) });
  return reseal.unreadable();
}

const isSealed = (value: unknown): value is { sealed: string } =>
  typeof value === 'object' && value !== null && 'sealed' in value && typeof value.sealed === 'string';
