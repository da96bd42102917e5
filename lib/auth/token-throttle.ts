import { RateLimiterMemory } from 'rate-limiter-flexible';
import { GatewayError } from '../errors';
import { networkOf } from './throttle-rules';

/** Counts wrong tokens by the address they come from. */
export type TokenThrottle = {
  /**
   * Whether a token is right, unless too many from this address were not lately: then it is not even looked at. Throws
   * `rate_limited`.
   */
  check<T>(
    address: string | undefined,
    look: () => Promise<T | undefined> | T | undefined,
  ): Promise<T | undefined>;
  /** Somebody at this address has shown in another way who they are. */
  forget(address: string | undefined): Promise<void>;
};

const freeTries = 20; // a script whose sign-in has ended may have several requests under way
const windowSeconds = 60;

/** In the memory of this process: tokens are random and long, so counting is there to keep guessing off the database. */
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
      const tries = await wrong.get(key);
      if (tries !== null && tries.consumedPoints > freeTries) throw tooMany(tries.msBeforeNext);
      const found = await look();
      if (found === undefined) await wrong.consume(key).catch(() => undefined);
      else await wrong.delete(key);
      return found;
    },
    async forget(address) {
      await wrong.delete(keyOf(address));
    },
  };
}

const tooMany = (waitMs: number) =>
  new GatewayError('rate_limited', 'Too many wrong tokens came from this address.', {
    retryAfterSeconds: Math.max(1, Math.ceil(waitMs / 1_000)),
  });
