import { type Candidate, type Need, obstacleOf } from '../accounts/select';
import { accountGone, isPinnedToGone, whyNobody } from '../accounts/why-none';
import { GatewayError } from '../errors';
import { requiredTiers } from '../models/flow-plan';
import type { Tier } from '../models/types';

const tierNames: Record<Tier, string> = { free: 'Free', pro: 'AI Pro', ultra: 'AI Ultra' };

/**
 * What is said when no account can serve in time, to a new request and to one that waits: `model_requires_tier`, else
 * `no_account_available` with when another try can succeed, where time alone brings that. Pure.
 */
export function noAccountError(candidates: readonly Candidate[], need: Need, now: Date): GatewayError {
  if (isPinnedToGone(candidates, need)) return new GatewayError('no_account_available', accountGone(need));
  const obstacles = candidates.map((candidate) => obstacleOf(candidate, need, now));
  const usable = obstacles.filter((found) => found?.obstacle !== 'removed' && found?.obstacle !== 'disabled');
  if (usable.length > 0 && usable.every((found) => found?.obstacle === 'tier')) {
    const plans = requiredTiers(need.spec).map((tier) => tierNames[tier]);
    return new GatewayError(
      'model_requires_tier',
      `This model needs an account with the plan ${plans.join(' or ')}; this gateway has none.`,
      { param: 'model' },
    );
  }
  const { message, ...when } = whyNobody(candidates, need, now);
  return new GatewayError('no_account_available', message, when);
}
