import { UpstreamError } from '../errors';
import type { FlowPlan, ModelSpec, Tier } from '../models/types';
import type { WireForm } from './wire-form';

/** Keys and prices of a model on the tier, with the model key as that form of the wire has it. */
export function planOf(spec: ModelSpec, tier: Tier, form: WireForm): FlowPlan {
  const plan = spec.flow[tier];
  if (plan === undefined) {
    throw new UpstreamError('model_requires_tier', `The account's plan does not have the model ${spec.id}.`, {
      accepted: 'no',
      retry: 'other_account',
      account: { type: 'no_access' },
    });
  }
  const modelKey = form === 'december' ? (plan.legacyModelKey ?? plan.modelKey) : plan.modelKey;
  return { ...plan, modelKey };
}
