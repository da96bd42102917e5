import { type FlowPlan, type ModelSpec, type Tier, tiers } from './types';

/** What Flow needs for this generation on an account of the tier; `undefined` when that tier cannot do it. */
export const flowPlanFor = (spec: ModelSpec, tier: Tier): FlowPlan | undefined => spec.flow[tier];

/** Credits for the generation and its upscale step together. */
export const totalCost = (plan: FlowPlan): number => plan.cost + plan.upscaleCost;

/** The tiers that can do this generation on Flow, lowest first. */
export const requiredTiers = (spec: ModelSpec): Tier[] =>
  tiers.filter((tier) => spec.flow[tier] !== undefined);
