import type { AccountVerdict, ErrorCode, UpstreamFailure } from '../errors';
import { classifyReason, type ReasonClass } from './reasons';

/** What follows from a refusal: for the caller, for the job and for the account. */
export type Ruling = {
  code: ErrorCode;
  message: string;
  retry: UpstreamFailure['retry'];
  account: (retryAfter: { retryAfterSeconds?: number }) => AccountVerdict;
  /** The field at fault, where it is the caller's. */
  blames?: 'image';
};

export const none = (): AccountVerdict => ({ type: 'none' });

/** By the reason. */
export const rulings: Record<ReasonClass, Ruling> = {
  load: {
    code: 'upstream_unavailable',
    message: 'The upstream is overloaded at the moment.',
    retry: 'same_account',
    account: (after) => ({ type: 'cooldown', reason: 'load', ...after }),
  },
  concurrency: {
    code: 'upstream_unavailable',
    message: 'The upstream account already runs as many generations as it may.',
    retry: 'other_account',
    account: (after) => ({ type: 'cooldown', reason: 'concurrency', ...after }),
  },
  throttle: {
    code: 'upstream_unavailable',
    message: 'The upstream slows this account down after too many requests.',
    retry: 'other_account',
    account: (after) => ({ type: 'cooldown', reason: 'throttle', ...after }),
  },
  account_quota: {
    code: 'upstream_unavailable',
    message: 'The quota of the upstream account is used up.',
    retry: 'other_account',
    account: (after) => ({ type: 'cooldown', reason: 'quota', ...after }),
  },
  model_quota: {
    code: 'upstream_unavailable',
    message: "The upstream account's daily quota of this model is used up.",
    retry: 'other_account',
    account: (after) => ({ type: 'model_quota', ...after }),
  },
  credits: {
    code: 'upstream_unavailable',
    message: 'The upstream account has too few credits for this generation.',
    retry: 'other_account',
    account: () => ({ type: 'out_of_credits' }),
  },
  no_access: {
    code: 'model_requires_tier',
    message: 'The upstream account may not use this model.',
    retry: 'other_account',
    account: () => ({ type: 'no_access' }),
  },
  challenge: {
    code: 'upstream_challenge',
    message:
      'Google asks this account for a proof that a person is there, which this gateway does not produce. An account with an official Gemini API key has no such check.',
    retry: 'other_account',
    account: () => ({ type: 'challenge' }),
  },
  content: {
    code: 'content_refused',
    message: "Google's content filters refused this request. A different prompt may pass.",
    retry: 'never',
    account: none,
  },
  input_content: {
    code: 'content_refused',
    message: "Google's content filters refused a picture of this request. A different picture may pass.",
    retry: 'never',
    account: none,
  },
  bad_input: {
    code: 'invalid_request',
    message: 'The upstream cannot use a picture of this request. Send a PNG, JPEG or WebP of ordinary size.',
    retry: 'never',
    account: none,
    blames: 'image',
  },
  other: {
    code: 'upstream_unavailable',
    message: 'The upstream refused the call.',
    retry: 'never',
    account: none,
  },
};

export const suspicious = (): AccountVerdict => ({ type: 'suspicious' });

/** What a status means where no reason says more. */
function rulingOfStatus(status: number): Ruling {
  if (status === 401) {
    return {
      code: 'upstream_unavailable',
      message: 'The upstream did not accept the access token of the account.',
      retry: 'same_account',
      account: () => ({ type: 'access_expired' }),
    };
  }
  if (status === 403) {
    return {
      code: 'upstream_unavailable',
      message: 'The upstream refused the account without a reason.',
      retry: 'other_account',
      account: suspicious,
    };
  }
  if (status === 404) {
    return {
      code: 'upstream_unavailable',
      message: 'The upstream does not know the model or a picture of this request for the account.',
      retry: 'other_account',
      account: () => ({ type: 'not_found' }),
    };
  }
  if (status === 429) {
    return {
      code: 'upstream_unavailable',
      message: 'The upstream took too many requests from the account.',
      retry: 'other_account',
      account: (after) => ({ type: 'cooldown', reason: 'unknown_429', ...after }),
    };
  }
  if (status === 409) return { ...rulings.other, retry: 'same_account' };
  if (status === 413) return rulings.bad_input;
  if (status >= 400 && status < 500) {
    return {
      code: 'invalid_request',
      message: 'The upstream did not accept the parameters of this request.',
      retry: 'never',
      account: none,
    };
  }
  return {
    code: 'upstream_unavailable',
    message: 'The upstream failed on the call.',
    retry: 'same_account',
    account: suspicious,
  };
}

/** What a refusal means, by its reason where that says something, else by its status. */
export function rulingFor(status: number, reason: string | undefined): Ruling {
  const reasonClass = classifyReason(reason);
  if (reasonClass === undefined) return rulingOfStatus(status);
  // The same words mean load elsewhere; with 403 they were the answer to a recaptcha value.
  const isChallenge = status === 403 && reason === 'PUBLIC_ERROR_SOMETHING_WENT_WRONG';
  return rulings[isChallenge ? 'challenge' : reasonClass];
}
