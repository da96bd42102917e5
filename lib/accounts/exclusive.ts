import { claimLease, releaseLease } from '@/db/repositories/leases';
import { randomId } from '../generation/ids';
import type { Runtime } from '../runtime';

const leaseMs = 90_000; // longer than the slowest exchange of a session token
const pauseMs = 100;

/**
 * Does something while nobody else, in this process or another one, does anything under the same name. Waits for its
 * turn until `signal` fires.
 */
export async function exclusively<T>(
  { db, now }: Pick<Runtime, 'db' | 'now'>,
  name: string,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  // An owner of its own for each turn: a lease that the process has already would be no obstacle to it.
  const lease = { name, owner: `turn ${randomId()}` };
  while (!(await claimLease(db, { ...lease, untilAt: new Date(now().getTime() + leaseMs), now: now() }))) {
    signal.throwIfAborted();
    await new Promise((done) => setTimeout(done, pauseMs));
  }
  try {
    return await work();
  } finally {
    await releaseLease(db, lease);
  }
}
