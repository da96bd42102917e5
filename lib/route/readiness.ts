import { getRuntime, type Runtime } from '../runtime';

/** What must be fine for this process to take requests. */
export type Readiness = { database: boolean; media: boolean; accepting: boolean };

const patienceMs = 3_000; // shorter than what asks is usually willing to wait

/** Looks at each part; nothing of why one fails is told, for strangers ask this too. */
export async function checkReadiness(): Promise<Readiness> {
  const runtime = await settled(getRuntime());
  if (runtime === undefined) return { database: false, media: false, accepting: false };
  return checkParts(runtime);
}

/** The same for a runtime that is there. */
export async function checkParts({
  db,
  media,
  life,
}: Pick<Runtime, 'db' | 'media' | 'life'>): Promise<Readiness> {
  const [database, isWritable] = await Promise.all([
    settled(db.ping().then(() => true)),
    settled(media.writable()),
  ]);
  return { database: database === true, media: isWritable === true, accepting: !life.draining };
}

/** The value, or `undefined` when it fails or takes too long. */
async function settled<T>(value: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), patienceMs);
  });
  return await Promise.race([value.catch(() => undefined), late]).finally(() => clearTimeout(timer));
}
