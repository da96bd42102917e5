import type { KeyedCall } from './gateway-route';
import { orSilence } from './sse-response';

type Waiting = Pick<KeyedCall, 'runtime' | 'startedAt'>;

/** For the refusals of a request whose body took all the time: they keep their status. */
const leastMs = 1_000;

/** How long the true status of an answer is still waited for. */
export function msUntilLate({ runtime, startedAt }: Waiting): number {
  const waitMs = runtime.settings.current()['chat.wait_before_headers'] * 1_000;
  return Math.max(0, waitMs - (performance.now() - startedAt));
}

/**
 * What the work comes to, while the status is open; `undefined` when that takes too long: loading pictures may take
 * minutes, and clients and proxies do not wait that long for a status. Whoever awaits the work then hears of its failure.
 */
export async function inTime<T>(call: Waiting, work: Promise<T>): Promise<T | undefined> {
  const early = await orSilence(work, Math.max(leastMs, msUntilLate(call)));
  if (early === undefined) work.catch(() => undefined);
  return early;
}
