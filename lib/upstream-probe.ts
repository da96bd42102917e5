import { isHttpFailure } from './http/failure';
import type { Runtime } from './runtime';

/** What a look at the upstream gave: any answer counts as reached, whatever its status. */
export type UpstreamLook = {
  at: Date;
  durationMs: number;
  /** What was in the way; absent: it answered. */
  fault?: string;
  /** How far its clock is ahead of ours; absent where it told no time. */
  clockOffsetMs?: number;
};

/** Looks at the upstream, seldom: however many ask, one look is made and kept for a while. */
export type UpstreamProbe = {
  /** A look that is fresh enough, or a new one. */
  look(): Promise<UpstreamLook>;
};

const keptMs = 60_000;
const timeoutMs = 5_000;
const maxBytes = 1_000_000;

/** Makes the probe. It asks the host of the sign-in for its start page, by the way that jobs take, without an account. */
export function makeUpstreamProbe({
  http,
  settings,
  now,
}: Pick<Runtime, 'http' | 'settings' | 'now'>): UpstreamProbe {
  let last: { of: string; look: Promise<UpstreamLook>; endedAt?: number } | undefined;

  async function ask(origin: string): Promise<UpstreamLook> {
    const current = settings.current();
    const proxyUrl = current['proxy.enabled'] ? current['proxy.url'] : '';
    const startedMs = performance.now();
    const at = now();
    const durationMs = () => Math.round(performance.now() - startedMs);
    try {
      const answer = await http.request({
        method: 'GET',
        url: `${origin}/`,
        headers: { 'user-agent': current['flow.user_agent'] },
        ...(proxyUrl === '' ? {} : { proxyUrl }),
        timeoutMs,
        maxBytes,
        signal: AbortSignal.timeout(timeoutMs + 1_000),
      });
      answer.dump();
      const took = durationMs();
      const told = Date.parse(answer.headers.date ?? '');
      // The header names a whole second, of which half has passed on average when it is written.
      const clockOffsetMs = told + 500 - (at.getTime() + took / 2);
      return {
        at,
        durationMs: took,
        ...(Number.isNaN(told) ? {} : { clockOffsetMs: Math.round(clockOffsetMs) }),
      };
    } catch (error) {
      if (!isHttpFailure(error)) throw error;
      return { at, durationMs: durationMs(), fault: error.message };
    }
  }

  return {
    look() {
      const current = settings.current();
      const { origin } = new URL(current['flow.labs_base_url']);
      const of = `${origin} ${current['proxy.enabled'] ? current['proxy.url'] : ''}`;
      const isFresh =
        last?.of === of && (last.endedAt === undefined || now().getTime() - last.endedAt < keptMs);
      if (last !== undefined && isFresh) return last.look;
      const made: NonNullable<typeof last> = { of, look: ask(origin) };
      made.look.then(
        () => {
          made.endedAt = now().getTime();
        },
        () => {
          if (last === made) last = undefined;
        },
      );
      last = made;
      return made.look;
    },
  };
}
