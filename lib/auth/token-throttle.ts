import { RateLimiterMemory } from 'rate-limiter-flexible';
import { GatewayError } from '../errors';
import { networkOf } from './throttle-rules';

/** Counts wrong tokens by the address they come from. */
export type TokenThrottle = {
  /**
   * What a right token stands for; `undefined` for a wrong one, and `rate_limited` instead when too many from this address
   * were wrong lately. A right one always passes: strangers can share an address with it, behind a proxy for example.
   */
  check<T>(
    address: string | undefined,
    look: () => Promise<T | undefined> | T | undefined,
  ): Promise<T | undefined>;
};

const freeTries = 20; // a script whose sign-in has ended may have several requests under way
const windowSeconds = 60;

/** In the memory of this process. Tokens are too long to be guessed: counting tells scripts with an old one to stop. */
export function makeTokenThrottle(): TokenThrottle {
  const wrong = new RateLimiterMemory({
    points: freeTries,
    duration: windowSeconds,
    blockDuration: windowSeconds,
  });
  // Without an address, which only a server that was started in an unusual way lacks, all count as one.
  const keyOf = (address: string | undefined) => (address === undefined ? 'unknown' : networkOf(address));

  return {
    async check(address, look) {
      const key = keyOf(address);
      const found = await look();
      if (found !== undefined) {
        await wrong.delete(key);
        return found;
      }
      const tries = await wrong.get(key);
      if (tries !== null && tries.consumedPoints > freeTries) throw tooMany(tries.msBeforeNext);
      await wrong.consume(key).catch(() => undefined);
      return undefined;
    },
  };
}

const tooMany = (waitMs: number) =>
  new GatewayError('rate_limited', 'Too many wrong tokens came from this address.', {
    retryAfterSeconds: Math.max(1, Math.ceil(waitMs / 1_000)),
  });
