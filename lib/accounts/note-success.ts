import type { MediaKind } from '../models/types';
import type { Runtime } from '../runtime';
import { changeHealth } from './change-health';
import { applySuccess } from './health';

/** Writes that an account has delivered: its streak ends, its counters and those of its day rise. */
export async function noteSuccess(
  runtime: Pick<Runtime, 'db' | 'now' | 'settings'>,
  accountId: string,
  kind: MediaKind,
): Promise<void> {
  const now = runtime.now();
  await changeHealth(
    runtime,
    accountId,
    (row) => applySuccess(row, kind, now),
    kind === 'image' ? { images: 1 } : { videos: 1 },
  );
}
