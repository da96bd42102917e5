import type { ApiKeyRow } from '@/db/repositories/api-keys';
import type { Admission } from '@/db/repositories/usage';
import { GatewayError } from '../errors';
import type { Requester } from '../generation/types';
import type { ModelDefaults, ModelSpec } from '../models/types';
import type { Runtime } from '../runtime';
import { dayOf, dayZone, endOfDay } from '../usage/day';
import { highestCost, limitReached } from './limits';
import { checkScope } from './scope';
import { checkUsable } from './verify';

/** The key that asks for something to be made. Throws `invalid_api_key`, and `rate_limited` beyond its requests per minute. */
export async function admitRequest(
  { apiKeys }: Pick<Runtime, 'apiKeys'>,
  { apiKeyId, onRateLimit }: Requester,
): Promise<ApiKeyRow | undefined> {
  if (apiKeyId === undefined) return undefined;
  const key = await apiKeys.get(apiKeyId);
  const rate = await apiKeys.admitRequest(key);
  if (rate !== undefined) onRateLimit?.(rate);
  return key;
}

/**
 * What the database asks, with the key locked, before it stores the jobs of a request: whether the key is still usable,
 * whether it may make this, and its limits on jobs, pictures, videos and credits.
 */
export function admissionFor(
  { settings }: Pick<Runtime, 'settings'>,
  { jobs, now }: { jobs: readonly { asked: string; spec: ModelSpec }[]; now: Date },
): Admission<unknown> {
  const zone = dayZone({ settings });
  const wanted = jobs.map(({ spec }) => ({ kind: spec.kind, cost: highestCost(spec) }));
  return {
    day: dayOf(now, zone),
    decide(key, use) {
      if (key === undefined) return new GatewayError('invalid_api_key', 'This API key is not known here.');
      const why = thrownBy(() => {
        checkUsable(key, now);
        for (const { asked, spec } of jobs)
          checkScope(key, { asked, spec, defaults: modelDefaults({ settings }) });
      });
      return why ?? limitReached(key, use, wanted, { now, zone, dayEndsAt: () => endOfDay(now, zone) });
    },
  };
}

/** What names of OpenAI stand for. */
export function modelDefaults({ settings }: Pick<Runtime, 'settings'>): ModelDefaults {
  const current = settings.current();
  return {
    image: current['generation.default_image_model'],
    video: current['generation.default_video_model'],
  };
}

function thrownBy(check: () => void): unknown {
  try {
    check();
    return undefined;
  } catch (error) {
    return error;
  }
}
