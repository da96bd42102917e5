import { baseModels } from './catalog';
import { type Tier, tiers } from './types';

const cheapest = Object.fromEntries(
  tiers.map((tier) => {
    const prices = baseModels
      .filter(({ kind }) => kind === 'video')
      .flatMap((base) => base.upstreams.flow.rows.map(({ credits }) => credits[tier]))
      .filter((price) => typeof price === 'number');
    return [tier, Math.min(...prices)];
  }),
) as Record<Tier, number>;

/** Credits of the cheapest video that an account of the tier can make: with fewer it makes none. */
export const cheapestVideoCost = (tier: Tier): number => cheapest[tier];
