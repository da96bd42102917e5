import { type Candidate, type Need, type Obstacle, obstacleOf } from './select';

/** Why no account takes a job now, for its owner, and when time alone changes that. */
type Nobody = {
  message: string;
  /** Whole seconds until the first account that time gives back; absent when time alone helps nobody. */
  retryAfterSeconds?: number;
};

/** What to say when none of the accounts can serve. Pure. */
export function whyNobody(candidates: readonly Candidate[], need: Need, now: Date): Nobody {
  const found = candidates.map((candidate) => obstacleOf(candidate, need, now));
  const returns = found.flatMap((each) => (each?.until === undefined ? [] : [each.until.getTime()]));
  const message =
    need.pinnedTo === undefined
      ? whyAll(found.map((each) => each?.obstacle))
      : whyPinned(candidates, need, now, need.pinnedTo);
  if (returns.length === 0) return { message };
  return { message, retryAfterSeconds: Math.ceil((Math.min(...returns) - now.getTime()) / 1_000) };
}

/** The reason that, once removed, would help soonest. */
function whyAll(obstacles: (Obstacle | undefined)[]): string {
  const usable = obstacles.filter((obstacle) => obstacle !== 'removed' && obstacle !== 'disabled');
  if (usable.length === 0)
    return 'This gateway has no account that is switched on for this. Add one in the console.';
  if (usable.includes('busy') || usable.includes(undefined))
    return 'Every account that could serve this is busy.';
  if (usable.includes('cooldown')) return 'Every account that could serve this rests after a rate limit.';
  if (usable.includes('credits')) return 'No account has enough credits for this model.';
  if (usable.includes('blocked'))
    return 'Google refuses this kind of generation on every account that could serve it.';
  if (usable.includes('avoided')) return 'Every account that could serve this has refused it.';
  return 'No account that could serve this is signed in and working.';
}

const pinnedStates: Record<Obstacle, string> = {
  removed: 'is being removed',
  disabled: 'is switched off',
  tier: 'has a plan without this model',
  avoided: 'has refused this',
  not_pinned: 'is not here',
  banned: 'was switched off after errors in a row',
  expired: 'is signed out',
  blocked: 'is refused this kind of generation by Google',
  credits: 'has too few credits for this model',
  cooldown: 'rests after a rate limit',
  busy: 'is busy',
};

function whyPinned(candidates: readonly Candidate[], need: Need, now: Date, accountId: string): string {
  const candidate = candidates.find(({ row }) => row.id === accountId);
  if (candidate === undefined) return accountGone(need);
  const found = obstacleOf(candidate, need, now);
  if (need.isChosen === true)
    return `The chosen account ${pinnedStates[found?.obstacle ?? 'busy']}. Choose another one, or let the gateway choose.`;
  return `The account that made the source video ${pinnedStates[found?.obstacle ?? 'busy']}, and only that account can go on from it.`;
}

/** A video lives on the account that made it. */
export const sourceAccountGone =
  'The account that made the source video was removed, and only that account could go on from it.';

/** It was chosen by somebody, for this one. */
export const chosenAccountGone =
  'The chosen account was removed. Choose another one, or let the gateway choose.';

/** What is said where the only account that could do it is gone. */
export const accountGone = ({ isChosen }: Need): string =>
  isChosen === true ? chosenAccountGone : sourceAccountGone;

/** Whether the only account that could do it is gone for good, or going. */
export const isPinnedToGone = (candidates: readonly Candidate[], { pinnedTo }: Need): boolean =>
  pinnedTo !== undefined && !candidates.some(({ row }) => row.id === pinnedTo && row.removedAt === null);
