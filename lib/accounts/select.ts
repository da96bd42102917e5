import type { AccountRow, RunningCounts } from '@/db/repositories/accounts';
import { flowPlanFor, totalCost } from '../models/flow-plan';
import type { MediaKind, ModelSpec } from '../models/types';
import { activeBlocks } from './health';

/** An account as the choice sees it. */
export type Candidate = { row: AccountRow; running: RunningCounts };

/** What a job needs of an account. */
export type Need = {
  kind: MediaKind;
  spec: ModelSpec;
  /** Accounts that have refused this job. */
  avoid: readonly string[];
  /** The only account that can do it, because something of the job lives there. */
  pinnedTo?: string;
  /** It is the only one because somebody chose it. */
  isChosen?: true;
};

export type Strategy = 'random_least_loaded' | 'round_robin';

/** Why an account cannot serve, worst first: `tier` never changes by waiting, `busy` does soon. */
export type Obstacle =
  | 'removed'
  | 'disabled'
  | 'tier'
  | 'avoided'
  | 'not_pinned'
  | 'banned'
  | 'expired'
  | 'blocked'
  | 'credits'
  | 'cooldown'
  | 'busy';

/** What keeps this account from this job now; `undefined` when nothing does. `until` where time alone removes it. */
export function obstacleOf(
  { row, running }: Candidate,
  need: Need,
  now: Date,
): { obstacle: Obstacle; until?: Date } | undefined {
  if (row.removedAt !== null) return { obstacle: 'removed' };
  if (!row.enabled || !(need.kind === 'image' ? row.imageEnabled : row.videoEnabled))
    return { obstacle: 'disabled' };
  const plan = flowPlanFor(need.spec, row.tier);
  if (plan === undefined) return { obstacle: 'tier' };
  if (need.pinnedTo !== undefined && need.pinnedTo !== row.id) return { obstacle: 'not_pinned' };
  if (need.avoid.includes(row.id)) return { obstacle: 'avoided' };
  if (row.bannedAt !== null) return { obstacle: 'banned' };
  if (row.expiredAt !== null) return { obstacle: 'expired' };
  const block = activeBlocks(row, now).find(({ scope }) => scope === need.kind || scope === plan.modelKey);
  if (block !== undefined) {
    return block.until === undefined
      ? { obstacle: 'blocked' }
      : { obstacle: 'blocked', until: new Date(block.until) };
  }
  if (row.credits !== null && row.credits < totalCost(plan)) return { obstacle: 'credits' };
  if (row.cooldownUntil !== null && row.cooldownUntil > now) {
    // Ended by the first of its jobs that ends: the time of this rest is only for places that are taken elsewhere.
    if (row.cooldownReason === 'concurrency' && running.image + running.video > 0)
      return { obstacle: 'busy' };
    return { obstacle: 'cooldown', until: row.cooldownUntil };
  }
  const limit = need.kind === 'image' ? row.imageConcurrency : row.videoConcurrency;
  if (limit !== null && running[need.kind] >= limit) return { obstacle: 'busy' };
  return undefined;
}

/** The account to use now; `undefined` when none can. `random` gives a number from 0 up to 1. */
export function selectAccount(
  candidates: readonly Candidate[],
  need: Need,
  how: { now: Date; strategy: Strategy; random: () => number },
): AccountRow | undefined {
  const fitting = candidates.filter((candidate) => obstacleOf(candidate, need, how.now) === undefined);
  if (how.strategy === 'round_robin') {
    const [first] = fitting.toSorted((a, b) => lastUse(a) - lastUse(b) || (a.row.id < b.row.id ? -1 : 1));
    return first?.row;
  }
  const load = ({ running }: Candidate) => running.image + running.video;
  const least = Math.min(...fitting.map(load));
  const idle = fitting.filter((candidate) => load(candidate) === least);
  return idle[Math.floor(how.random() * idle.length)]?.row;
}

/**
 * When an account is used next: later than any other use, also within one millisecond, because the turns go by it.
 */
export const nextUseAt = (candidates: readonly Candidate[], now: Date): Date =>
  new Date(Math.max(now.getTime(), ...candidates.map((candidate) => lastUse(candidate) + 1)));

const lastUse = ({ row }: Candidate): number => row.lastUsedAt?.getTime() ?? 0;

/**
 * When the first account can take the job: now where one is free or only busy, else the end of the first rest.
 * `undefined` where time alone brings nobody.
 */
export function servedFrom(candidates: readonly Candidate[], need: Need, now: Date): Date | undefined {
  const times = candidates.flatMap((candidate) => {
    const found = obstacleOf(candidate, need, now);
    if (found === undefined || found.obstacle === 'busy') return [now.getTime()];
    return found.until === undefined ? [] : [found.until.getTime()];
  });
  return times.length === 0 ? undefined : new Date(Math.min(...times));
}

/** Whether waiting can help: some account is only busy, or comes back before `until`. */
export function canBeServedBy(candidates: readonly Candidate[], need: Need, now: Date, until: Date): boolean {
  const from = servedFrom(candidates, need, now);
  return from !== undefined && (from <= now || from < until);
}
