import { waitsForPlace } from '@/db/repositories/accounts';
import type { Runtime } from '../runtime';
import { changeHealth } from './change-health';
import { applyPlaceFreed } from './health';

/** One of the account's jobs has ended upstream: a rest that waits for just that ends. */
export async function notePlaceFreed(
  runtime: Pick<Runtime, 'db' | 'now' | 'settings'>,
  accountId: string,
): Promise<void> {
  if (await waitsForPlace(runtime.db, accountId)) await changeHealth(runtime, accountId, applyPlaceFreed);
}
