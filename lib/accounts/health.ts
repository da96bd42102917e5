import type { AccountChanges, AccountRow } from '@/db/repositories/accounts';
import type { AccountBlock } from '@/db/schema/define';
import type { AccountVerdict } from '../errors';
import { formatPastTime } from '../format';
import { cheapestPricedVideoCost, cheapestVideoCost } from '../models/prices';
import type { MediaKind } from '../models/types';
import { accessEndOf, isEndedOnArrival } from './access-life';

/** One state per account; the first that fits, in this order of checks: disabled, banned, cooldown, expired, exhausted, degraded. */
export type HealthState =
  | 'healthy'
  | 'degraded'
  | 'cooldown'
  | 'exhausted'
  | 'expired'
  | 'banned'
  | 'disabled';

export type Health = {
  state: HealthState;
  /** One sentence for people, without its end mark. */
  detail?: string;
  /** The reason as a word, e.g. `throttle`, `migrated`, `challenge`. */
  reason?: string;
  until?: Date;
  /** What `detail` says, for who writes it in another language. */
  facts?: HealthFacts;
};

export type HealthFacts = {
  /** When it became so. */
  since?: Date;
  /** Errors in a row, or exchanges that failed in a row. */
  count?: number;
  /** How many of them end in a ban. */
  limit?: number;
  /** What a block is for: `image`, `video`, or the upstream's key of a model. */
  scope?: string;
  credits?: number;
  /** What the cheapest video costs. */
  needed_credits?: number;
  /** When access ends, or has ended. */
  access_ends_at?: Date;
};

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

const loadCooldownMs = 30 * second; // what upstream's overload reasons call for
const concurrencyCooldownMs = 5 * minute; // ended early when one of the account's jobs ends; the bound is for places taken elsewhere
const throttleCooldownMs = hour;
const shortestRestMs = second; // "Retry-After: 0" must not become a hot loop
const longestRestMs = 7 * day; // more than any quota lasts: what is beyond is a mistake
const noAccessBlockMs = day; // the plan may have changed by then
const usualThreshold = 3;

const expiredDetails: Readonly<Record<string, string>> = {
  dead: 'The session has ended; replace the session token',
  refresh_needed: 'Google asks for a new sign-in; replace the session token',
  unreadable: 'The stored sign-in cannot be opened with this SECRET_KEY; replace the session token',
  migrated: 'Google has moved this account to another host, which this upstream does not speak',
};

const cooldownDetails: Readonly<Record<string, string>> = {
  load: 'Google is overloaded',
  concurrency: 'Google runs as much of it as it may',
  quota: 'The quota of the account is used up (429)',
};

/** Error codes as words; one that is not here is shown as it is. */
const errorWords: Readonly<Record<string, string>> = {
  upstream_failed: 'Google failed on its requests',
  upstream_unavailable: 'Google did not take its requests',
  upstream_challenge: 'Google asks for a challenge',
  unknown_model: 'Google does not know the model for this account',
};

/**
 * What is wrong with an account now, if anything. Blocks and cooldowns that are over do not count. `threshold`: after how
 * many errors in a row it is banned, for the words.
 */
export function healthOf(
  row: AccountRow,
  now: Date,
  { threshold = usualThreshold }: { threshold?: number } = {},
): Health {
  if (!row.enabled) {
    return {
      state: 'disabled',
      ...(row.disabledAt === null
        ? {}
        : {
            detail: `By you, ${formatPastTime(row.disabledAt, now)}`,
            facts: { since: row.disabledAt },
          }),
    };
  }
  if (row.bannedAt !== null) {
    const reason = row.banReason ?? 'errors';
    return {
      state: 'banned',
      reason,
      detail: `${row.errorStreak} of ${row.errorStreak} errors in a row: ${errorWords[reason] ?? reason}`,
      facts: { since: row.bannedAt, count: row.errorStreak, limit: row.errorStreak },
    };
  }
  if (row.cooldownUntil !== null && row.cooldownUntil > now) {
    const reason = row.cooldownReason ?? 'unknown_429';
    return {
      state: 'cooldown',
      reason,
      detail: cooldownDetails[reason] ?? 'Rate limited (429)',
      until: row.cooldownUntil,
    };
  }
  if (row.expiredAt !== null) {
    const reason = row.expiredReason ?? 'dead';
    const why = expiredDetails[reason] ?? 'The session has ended';
    return {
      state: 'expired',
      reason,
      detail: `Refresh failed ${formatPastTime(row.expiredAt, now)}. ${why}`,
      facts: { since: row.expiredAt },
    };
  }
  const cheapest = cheapestVideoCost(row.tier);
  if (row.videoEnabled && row.credits !== null && row.credits < cheapest) {
    return {
      state: 'exhausted',
      detail: `${row.credits} left, cheapest video needs ${cheapest}`,
      facts: { credits: row.credits, needed_credits: cheapest },
    };
  }
  return degradedBy(row, now, threshold) ?? healthy(row, now);
}

/** What makes an account degraded, the worst first: soon nothing of it works, some of it does not, it may be about to. */
function degradedBy(row: AccountRow, now: Date, threshold: number): Health | undefined {
  if (row.refreshFailures > 0) {
    const [end, since] = [accessEndOf(row), row.refreshFailingSince];
    return {
      state: 'degraded',
      reason: 'refresh_failing',
      detail: describeRefresh(row, now),
      facts: {
        count: row.refreshFailures,
        ...(since === null ? {} : { since }),
        ...(end === undefined ? {} : { access_ends_at: end }),
      },
    };
  }
  const [block] = activeBlocks(row, now);
  if (block !== undefined) {
    return {
      state: 'degraded',
      reason: block.reason,
      detail: describeBlock(block),
      facts: { scope: block.scope },
      ...(block.until === undefined ? {} : { until: new Date(block.until) }),
    };
  }
  if (row.errorStreak === 0)
    return onlyFreeVideos(row) ?? (isEndedOnArrival(row) ? endedOnArrival(row) : undefined);
  const most = Math.max(threshold, row.errorStreak);
  return {
    state: 'degraded',
    reason: 'errors',
    detail: `${row.errorStreak} of ${most} errors in a row`,
    facts: { count: row.errorStreak, limit: most },
  };
}

/** Too few credits for every video that costs any, on a plan for which some are free: so it is not out of use. */
function onlyFreeVideos({ tier, credits, videoEnabled }: AccountRow): Health | undefined {
  const needed = cheapestPricedVideoCost(tier);
  if (!videoEnabled || credits === null || credits >= needed) return undefined;
  return {
    state: 'degraded',
    reason: 'few_credits',
    detail: `${credits} left, only videos that cost nothing`,
    facts: { credits, needed_credits: needed },
  };
}

/** Its access tokens are used for some minutes each, so it works, with more exchanges than need be. */
function endedOnArrival(row: AccountRow): Health {
  const end = accessEndOf(row);
  return {
    state: 'degraded',
    reason: 'access_ended_on_arrival',
    detail:
      'Google says that its access tokens have ended when it gives them; check the clock of this server',
    ...(end === undefined ? {} : { facts: { access_ends_at: end } }),
  };
}

const healthy = ({ lastSuccessAt }: AccountRow, now: Date): Health => ({
  state: 'healthy',
  ...(lastSuccessAt === null
    ? {}
    : { detail: `Last success ${formatPastTime(lastSuccessAt, now)}`, facts: { since: lastSuccessAt } }),
});

function describeRefresh(row: AccountRow, now: Date): string {
  const end = accessEndOf(row);
  if (end !== undefined && end > now)
    return `Access expires in ${spellMinutes(end.getTime() - now.getTime())}, refresh failing`;
  const since = row.refreshFailingSince ?? row.refreshFailedAt ?? now;
  const failing = `refresh failing for ${spellMinutes(now.getTime() - since.getTime())}`;
  return end === undefined
    ? `No access, ${failing}`
    : `Access expired ${formatPastTime(end, now)}, ${failing}`;
}

function spellMinutes(ms: number): string {
  const minutes = Math.max(1, Math.ceil(ms / minute));
  return minutes < 60 ? `${minutes} m` : `${Math.floor(minutes / 60)} h ${minutes % 60} m`;
}

/** The blocks that still hold. */
export const activeBlocks = (row: Pick<AccountRow, 'blocks'>, now: Date): AccountBlock[] =>
  row.blocks.filter((block) => block.until === undefined || block.until > now.getTime());

const scopeNames: Record<string, string> = { image: 'Images', video: 'Videos' };

function describeBlock(block: AccountBlock): string {
  const scope = scopeNames[block.scope] ?? `Model ${block.scope}`;
  if (block.reason === 'challenge') return `${scope}: Google asks for a challenge`;
  if (block.reason === 'model_quota') return `${scope}: the daily quota is used up`;
  if (block.reason === 'no_access') return `${scope}: not included in the plan of this account`;
  return `${scope}: ${block.reason}`;
}

/** Where and how a call failed. */
export type FailureContext = {
  kind: MediaKind;
  modelKey: string;
  code: string;
  now: Date;
  /** Errors in a row that end in a ban. */
  threshold: number;
  /** When the next day begins in the zone that days are counted in: daily quotas are taken to start anew then. */
  dayEndsAt: Date;
  /** Seconds of rest after a 429 without a reason. */
  cooldownAfter429Seconds: number;
  /** Whether the streak counts this: not a 5xx that other accounts get as well, and not the loss of an older file. */
  isOwnFault: boolean;
};

/** What a failure changes in the account; `undefined` when nothing follows from it. */
export function applyFailure(
  row: AccountRow,
  verdict: AccountVerdict,
  context: FailureContext,
): AccountChanges | undefined {
  const { now } = context;
  const failed = { lastErrorAt: now, lastErrorCode: context.code, errorCount: row.errorCount + 1 };
  switch (verdict.type) {
    case 'none':
    case 'access_expired':
      return undefined;
    case 'session_dead':
      return { ...failed, ...applySessionDead(row, verdict.reason, now) };
    case 'challenge':
      return { ...failed, blocks: withBlock(row, now, { scope: context.kind, reason: 'challenge' }) };
    case 'no_access':
      return {
        ...failed,
        blocks: withBlock(row, now, {
          scope: context.modelKey,
          reason: 'no_access',
          until: now.getTime() + noAccessBlockMs,
        }),
      };
    case 'model_quota': {
      const until =
        verdict.retryAfterSeconds === undefined
          ? context.dayEndsAt.getTime()
          : now.getTime() + askedRestMs(verdict.retryAfterSeconds);
      return {
        ...failed,
        blocks: withBlock(row, now, { scope: context.modelKey, reason: 'model_quota', until }),
      };
    }
    case 'cooldown': {
      const ms =
        verdict.retryAfterSeconds === undefined
          ? cooldownMs(verdict.reason, context.cooldownAfter429Seconds)
          : askedRestMs(verdict.retryAfterSeconds);
      const until = new Date(now.getTime() + ms);
      const isLonger = row.cooldownUntil === null || row.cooldownUntil < until;
      return isLonger ? { ...failed, cooldownUntil: until, cooldownReason: verdict.reason } : failed;
    }
    case 'out_of_credits':
      return { ...failed, credits: 0, creditsCheckedAt: null };
    case 'not_found':
    case 'suspicious': {
      if (!context.isOwnFault) return failed;
      const streak = row.errorStreak + 1;
      return streak >= context.threshold
        ? { ...failed, errorStreak: streak, bannedAt: now, banReason: context.code }
        : { ...failed, errorStreak: streak };
    }
  }
}

/** Marks an error code that other accounts got as well, and that therefore counts for nobody. */
export const sharedMark = ', on other accounts too';

/** A 5xx that counted, and then turns out to be the upstream's: it is taken back. A ban is ended by hand only. */
export function takeBackError(row: AccountRow): AccountChanges | undefined {
  if (row.lastErrorCode?.endsWith(sharedMark) !== false || row.errorStreak === 0 || row.bannedAt !== null)
    return undefined;
  return { errorStreak: row.errorStreak - 1, lastErrorCode: `${row.lastErrorCode}${sharedMark}` };
}

/** What time alone has ended: cooldown and blocks. `undefined` when nothing, and for what was disabled by hand. */
export function applyTimePassed(row: AccountRow, now: Date): AccountChanges | undefined {
  if (!row.enabled) return undefined;
  const isRested = row.cooldownUntil !== null && row.cooldownUntil <= now;
  const blocks = activeBlocks(row, now);
  if (!isRested && blocks.length === row.blocks.length) return undefined;
  return {
    ...(isRested ? { cooldownUntil: null, cooldownReason: null } : {}),
    ...(blocks.length === row.blocks.length ? {} : { blocks }),
  };
}

/** Switched on by hand, which also forgives a ban and what led to it. A cooldown and a dead session stay what they are. */
export const applyEnabled = (): AccountChanges => ({
  enabled: true,
  disabledAt: null,
  ...applyErrorsReset(),
});

/** Switched off by hand: nothing but a hand switches it on again. */
export const applyDisabled = (now: Date): AccountChanges => ({ enabled: false, disabledAt: now });

/** "Reset errors": the streak and the ban that came of it end. */
export const applyErrorsReset = (): AccountChanges => ({ errorStreak: 0, bannedAt: null, banReason: null });

/** "End cooldown", by hand. */
export const applyCooldownEnded = (): AccountChanges => ({ cooldownUntil: null, cooldownReason: null });

/** "Try again": ends the blocks of one kind or model, or all of them. */
export const applyBlocksEnded = (row: AccountRow, scope?: string): AccountChanges => ({
  blocks: scope === undefined ? [] : row.blocks.filter((block) => block.scope !== scope),
});

/** What upstream says that the account has left. */
export const applyBalance = (
  balance: { credits: number; tier: AccountRow['tier'] },
  now: Date,
): AccountChanges => ({ credits: balance.credits, tier: balance.tier, creditsCheckedAt: now });

/** What a single answer says is left; without a word about it, less by what the job cost. */
export const applyCharge = (
  row: AccountRow,
  { remaining, cost }: { remaining: number | undefined; cost: number },
  now: Date,
): AccountChanges | undefined => {
  if (remaining !== undefined) return { credits: remaining, creditsCheckedAt: now };
  return row.credits === null || cost === 0 ? undefined : { credits: Math.max(0, row.credits - cost) };
};

/** The session token gave an access token: whatever was wrong with the sign-in is over. */
export const applySessionOpened = (): AccountChanges => ({
  expiredAt: null,
  expiredReason: null,
  refreshFailingSince: null,
  refreshFailedAt: null,
  refreshFailures: 0,
});

/** The session token gives no access token any more. The first time it was found out is kept. */
export const applySessionDead = (
  row: AccountRow,
  reason: 'dead' | 'refresh_needed' | 'migrated' | 'unreadable',
  now: Date,
): AccountChanges => ({
  expiredAt: row.expiredAt ?? now,
  expiredReason: reason,
  refreshFailingSince: null,
  refreshFailedAt: null,
  refreshFailures: 0,
});

/** An exchange failed without a word about the session, as in a network that is down. It costs the account nothing. */
export const applyRefreshFailed = (row: AccountRow, now: Date): AccountChanges => ({
  refreshFailingSince: row.refreshFailingSince ?? now,
  refreshFailedAt: now,
  refreshFailures: row.refreshFailures + 1,
});

/** One of the account's jobs has ended upstream: a rest that waits for just that is over. */
export const applyPlaceFreed = (row: AccountRow): AccountChanges | undefined =>
  row.cooldownReason === 'concurrency' ? applyCooldownEnded() : undefined;

/** What a success changes: the streak ends, the count of its kind rises. */
export const applySuccess = (row: AccountRow, kind: MediaKind, now: Date): AccountChanges => ({
  errorStreak: 0,
  lastSuccessAt: now,
  ...(kind === 'image' ? { imageCount: row.imageCount + 1 } : { videoCount: row.videoCount + 1 }),
});

/** What `Retry-After` asks for, within reason. */
const askedRestMs = (seconds: number): number =>
  Math.min(longestRestMs, Math.max(shortestRestMs, seconds * second));

function cooldownMs(
  reason: 'load' | 'concurrency' | 'throttle' | 'quota' | 'unknown_429',
  after429Seconds: number,
): number {
  if (reason === 'load') return loadCooldownMs;
  if (reason === 'concurrency') return concurrencyCooldownMs;
  if (reason === 'throttle') return throttleCooldownMs;
  return after429Seconds * second;
}

const withBlock = (row: AccountRow, now: Date, block: AccountBlock): AccountBlock[] => [
  ...activeBlocks(row, now).filter((known) => known.scope !== block.scope || known.reason !== block.reason),
  block,
];
