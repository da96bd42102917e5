import { type Call, invalidArgument, notFound } from './call';
import { googleRefusal } from './google-error';
import { type AccountState, findMedia, findProject, isReady, type Media, type Project } from './state';

// What every submit has to pass before it is accepted, each check on its own.

export function requireProject(call: Call, account: AccountState, id: string): Project {
  const project = findProject(call.world, account, id);
  if (project === undefined) throw notFound(call, `project ${id}`);
  return project;
}

/** Upstream wants to know that a person asks, and does not believe it. */
export function checkChallenge(
  call: Call,
  account: AccountState,
  submit: { kind: 'image' | 'video'; token: string },
): void {
  const isChallenged = account.challenge === true || account.challenge === submit.kind;
  if (!isChallenged) return;
  if (account.challengeToken !== undefined && account.challengeToken === submit.token) {
    delete account.challengeToken;
    return;
  }
  throw googleRefusal(403, `${call.name}: challenge`, {
    message: 'reCAPTCHA evaluation failed',
    reason: 'PUBLIC_ERROR_UNUSUAL_ACTIVITY',
  });
}

export function checkConcurrency(
  call: Call,
  account: AccountState,
  more: { running: number; wanted: number },
): void {
  if (account.concurrency === undefined || more.running + more.wanted <= account.concurrency) return;
  throw googleRefusal(429, `${call.name}: ${more.running} running`, {
    reason: 'PUBLIC_ERROR_CONCURRENT_LIMIT_REACHED',
  });
}

/** Refuses when one of the model keys would be used more often today than the account may. */
export function checkDailyQuota(call: Call, account: AccountState, modelKeys: readonly string[]): void {
  for (const modelKey of new Set(modelKeys)) {
    const wanted = modelKeys.filter((key) => key === modelKey).length;
    const used = account.modelUses.get(quotaName(call, modelKey)) ?? 0;
    if (account.dailyModelQuota === undefined || used + wanted <= account.dailyModelQuota) continue;
    throw googleRefusal(429, `${call.name}: daily quota of ${modelKey}`, {
      reason: 'PUBLIC_ERROR_PER_MODEL_DAILY_QUOTA_REACHED',
    });
  }
}

/** Counts accepted generations against the day. */
export function countUses(call: Call, account: AccountState, modelKeys: readonly string[]): void {
  for (const modelKey of modelKeys) {
    const name = quotaName(call, modelKey);
    account.modelUses.set(name, (account.modelUses.get(name) ?? 0) + 1);
  }
}

function quotaName(call: Call, modelKey: string): string {
  return `${new Date(call.world.now()).toISOString().slice(0, 10)} ${modelKey}`;
}

/** Takes the credits, or refuses. */
export function charge(call: Call, account: AccountState, credits: number): void {
  if (credits > account.credits) {
    throw googleRefusal(429, `${call.name}: costs ${credits}, ${account.credits} left`, {
      reason: 'PUBLIC_ERROR_USER_QUOTA_REACHED',
    });
  }
  account.credits -= credits;
}

/** A picture that a submit refers to: it must be the account's, exist, and not have expired. */
export function requireImage(call: Call, account: AccountState, name: string): Media {
  const media = findMedia(call.world, account, name);
  if (media === undefined) throw notFound(call, `media ${name}`);
  if (media.kind !== 'image') throw invalidArgument(call, `${name} is no picture`);
  return media;
}

/** A finished video that a submit goes on from. */
export function requireVideo(call: Call, account: AccountState, name: string): Media {
  const media = findMedia(call.world, account, name);
  if (media === undefined || !isReady(call.world, media)) throw notFound(call, `media ${name}`);
  if (media.kind !== 'video') throw invalidArgument(call, `${name} is no video`);
  return media;
}

type Prompted = {
  prompt?: string | undefined;
  structuredPrompt?: { parts: readonly { text: string }[] } | undefined;
};

/** The prompt, whichever way it was given; undefined when in none. */
export function promptOf(input: Prompted): string | undefined {
  return input.structuredPrompt?.parts.map((part) => part.text).join('\n') ?? input.prompt;
}

/** Words in a prompt that make upstream refuse, so that anyone can see a refusal without a fault. */
export const triggers = {
  unsafe: { word: 'unsafe-prompt', reason: 'PUBLIC_ERROR_UNSAFE_GENERATION' },
  ip: { word: 'ip-blocked', reason: 'PUBLIC_ERROR_IP_INPUT_IMAGE' },
  audio: { word: 'audio-filtered', reason: 'PUBLIC_ERROR_AUDIO_FILTERED' },
} as const;
