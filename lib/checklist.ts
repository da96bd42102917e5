import { sumUpApiKeys } from '@/db/repositories/api-keys';
import { getMeta, setMeta } from '@/db/repositories/meta';
import { hasAccount, hasPlaygroundResult } from '@/db/repositories/overview';
import type { Checklist } from './admin-api/overview';
import { type Actor, writeAudit } from './audit';
import type { Runtime } from './runtime';

const metaKey = 'checklist';

/** The first steps, as far as they are made. Shown until all of them are, unless somebody put it away or back. */
export async function readChecklist({ db }: Pick<Runtime, 'db'>): Promise<Checklist> {
  const [choice, account, test, { keys, isAnyUsed }] = await Promise.all([
    getMeta(db, metaKey),
    hasAccount(db),
    hasPlaygroundResult(db),
    sumUpApiKeys(db),
  ]);
  const steps = { account, test, key: keys > 0, request: isAnyUsed };
  const isDone = Object.values(steps).every(Boolean);
  return { is_shown: choice === undefined ? !isDone : choice === 'shown', steps };
}

/** Puts the list away, or back. */
export async function changeChecklist(
  runtime: Pick<Runtime, 'db' | 'now' | 'log'>,
  { is_shown: isShown }: { is_shown: boolean },
  actor: Actor,
): Promise<Checklist> {
  await setMeta(runtime.db, metaKey, isShown ? 'shown' : 'dismissed');
  await writeAudit(runtime, { ...actor, action: isShown ? 'checklist.show' : 'checklist.dismiss' });
  return await readChecklist(runtime);
}
