import { baseModels } from './catalog';
import { type Tier, tiers } from './types';

const videoPrices = (tier: Tier): number[] =>
  baseModels
    .filter(({ kind }) => kind === 'video')
    .flatMap((base) => base.upstreams.flow.rows.map(({ credits }) => credits[tier]))
    .filter((price) => typeof price === 'number');

/** Every tier has its number: the keys are those of `tiers`. */
const ofEachTier = (numberOf: (tier: Tier) => number) =>
  Object.fromEntries(tiers.map((tier) => [tier, numberOf(tier)])) as Record<Tier, number>;

const cheapest = ofEachTier((tier) => Math.min(...videoPrices(tier)));
const cheapestPriced = ofEachTier((tier) => Math.min(...videoPrices(tier).filter((price) => price > 0)));

/** Credits of the cheapest video that an account of the tier can make: with fewer it makes none. */
export const cheapestVideoCost = (tier: Tier): number => cheapest[tier];

/** Credits of the cheapest video that costs any: with fewer an account makes only those that are free for its tier. */
export const cheapestPricedVideoCost = (tier: Tier): number => cheapestPriced[tier];
