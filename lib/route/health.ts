import { listAccounts } from '@/db/repositories/accounts';
import { countAccounts } from '../accounts/count';
import { getRuntime } from '../runtime';
import { findInsider } from './insider';

/** What strangers learn: the process answers. */
export type Health = { status: 'ok' } & Partial<{
  backend_running: true;
  has_active_tokens: boolean;
  total_tokens: number;
  active_tokens: number;
  tokens_missing_at: number;
  tokens_expired: number;
  tokens_expiring_within_1h: number;
  banned_429_tokens: number;
}>;

const alive: Health = { status: 'ok' };

/**
 * Alive, and, for who has an API key or is signed in, the counts of accounts by the predecessor's names. Without a
 * credential nothing is looked up, and a database that fails does not make the process look dead.
 */
export async function readHealth(request: Request): Promise<Health> {
  const { headers, url } = request;
  const names = ['authorization', 'cookie', 'x-api-key', 'api-key', 'x-goog-api-key'];
  if (!names.some((name) => headers.has(name)) && !new URL(url).searchParams.has('key')) return alive;
  const runtime = await getRuntime().catch(() => undefined);
  if (runtime === undefined) return alive;
  try {
    if ((await findInsider(runtime, request)) === undefined) return alive;
    const counts = countAccounts(await listAccounts(runtime.db), runtime.now());
    return {
      ...alive,
      backend_running: true,
      has_active_tokens: counts.active > 0,
      total_tokens: counts.total,
      active_tokens: counts.active,
      tokens_missing_at: counts.missingAccess,
      tokens_expired: counts.accessEnded,
      tokens_expiring_within_1h: counts.accessEndsWithinHour,
      banned_429_tokens: counts.resting,
    };
  } catch (error) {
    runtime.log.warn({ err: error }, 'the counts of the health answer could not be read');
    return { ...alive, backend_running: true, has_active_tokens: false };
  }
}
