import {
  type AccountVerdict,
  type ErrorCode,
  type StoredError,
  UpstreamError,
  type UpstreamFailure,
} from '../errors';
import { type HttpFailure, isHttpFailure } from '../http/failure';
import { classifyReason, findReason, isReason, type ReasonClass } from './reasons';
import { errorBody, type MediaStatusError } from './schemas';

/** Whether a call can cost something: then an answer that was not seen may have been a yes. */
export type Risk = 'free' | 'submit';

type Ruling = {
  code: ErrorCode;
  message: string;
  retry: UpstreamFailure['retry'];
  account: (retryAfter: { retryAfterSeconds?: number }) => AccountVerdict;
};

const none = (): AccountVerdict => ({ type: 'none' });

const rulings: Record<ReasonClass, Ruling> = {
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
  },
  other: {
    code: 'upstream_unavailable',
    message: 'The upstream refused the call.',
    retry: 'never',
    account: none,
  },
};

const suspicious = (): AccountVerdict => ({ type: 'suspicious' });

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

/** What can be read from the body of a refusal. */
type Refusal = { isReadable: boolean; reason?: string; rpcStatus?: string };

/** Reads a `google.rpc` error: the first `details[].reason`, else a reason within the message, else the status name. */
export function readRefusal(body: string): Refusal {
  const { data } = errorBody.safeParse(parseJson(body));
  if (data === undefined) return { isReadable: false };
  const { details, message, status } = data.error;
  const rpcStatus = isReason(status) ? { rpcStatus: status } : {};
  const reason = details?.find((detail) => isReason(detail?.reason))?.reason ?? findReason(message);
  return { isReadable: true, ...rpcStatus, ...(isReason(reason) ? { reason } : {}) };
}

/** An answer with a status that is no success, as the error to throw. */
export function refusalError(answer: {
  status: number;
  body: string;
  retryAfterSeconds: number | undefined;
  risk: Risk;
}): UpstreamError {
  const { status, body } = answer;
  const { isReadable, reason, rpcStatus } = readRefusal(body);
  const after = answer.retryAfterSeconds === undefined ? {} : { retryAfterSeconds: answer.retryAfterSeconds };
  const ruling = rulingFor(status, reason);
  // A gateway's own page, and a deadline that ran out behind it, say nothing about whether the submit went through.
  const isLost = status >= 500 && (!isReadable || status === 504 || rpcStatus === 'DEADLINE_EXCEEDED');
  const isUnknown = answer.risk === 'submit' && isLost;
  const shown = reason ?? rpcStatus;
  return new UpstreamError(
    ruling.code,
    reason === undefined ? ruling.message : `${ruling.message} (${reason})`,
    {
      accepted: isUnknown ? 'unknown' : 'no',
      retry: isUnknown ? 'never' : ruling.retry,
      account: isUnknown ? suspicious() : ruling.account(after),
      status,
      ...(shown === undefined ? {} : { reason: shown }),
    },
    {
      details: { status, ...(shown === undefined ? {} : { reason: shown }) },
      cause: new Error(`status ${status}: ${body.slice(0, 200)}`),
      ...(ruling === rulings.bad_input ? { param: 'image' } : {}),
    },
  );
}

function rulingFor(status: number, reason: string | undefined): Ruling {
  const reasonClass = classifyReason(reason);
  if (reasonClass === undefined) return rulingOfStatus(status);
  // The same words mean load elsewhere; with 403 they were the answer to a recaptcha value.
  const isChallenge = status === 403 && reason === 'PUBLIC_ERROR_SOMETHING_WENT_WRONG';
  return rulings[isChallenge ? 'challenge' : reasonClass];
}

/** A call without an answer, as the error to throw. */
export function transportError(failure: HttpFailure, risk: Risk): UpstreamError {
  const isUnknown = risk === 'submit' && failure.phase !== 'connect';
  const isAborted = failure.kind === 'aborted';
  const isSuspicious = failure.kind === 'too_large';
  return new UpstreamError(
    isAborted ? 'cancelled' : 'upstream_unavailable',
    isAborted ? 'The call to the upstream was given up.' : 'The connection to the upstream failed.',
    {
      accepted: isUnknown ? 'unknown' : 'no',
      retry: isUnknown ? 'never' : 'same_account',
      account: isSuspicious ? suspicious() : none(),
    },
    { cause: failure },
  );
}

/** An answer of success that cannot be read, or lacks what it is for. */
export function unreadableError(risk: Risk, what: string, cause?: unknown): UpstreamError {
  return new UpstreamError(
    'upstream_unavailable',
    `The upstream gave an answer that this gateway cannot read (${what}).`,
    {
      accepted: risk === 'submit' ? 'unknown' : 'no',
      retry: risk === 'submit' ? 'never' : 'same_account',
      account: suspicious(),
      status: 200,
    },
    { cause },
  );
}

/** Runs what reads an answer, so that a connection that breaks meanwhile is an upstream error as well. */
export async function asUpstream<T>(risk: Risk, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw isHttpFailure(error) ? transportError(error, risk) : error;
  }
}

// google.rpc.Code, of which only the number comes with a failed operation.
const rpcCodes: Readonly<Record<number, string>> = {
  3: 'INVALID_ARGUMENT',
  4: 'DEADLINE_EXCEEDED',
  8: 'RESOURCE_EXHAUSTED',
  13: 'INTERNAL',
  14: 'UNAVAILABLE',
};

/** Why an accepted generation failed: what the job keeps and its owner sees. */
export function generationError(
  error: MediaStatusError | undefined,
  failureReasons: readonly string[] = [],
): StoredError {
  const reasons = [findReason(error?.message), error?.message?.trim(), ...failureReasons].filter(isReason);
  const reason = reasons.find((candidate) => classifyReason(candidate) !== undefined) ?? reasons[0];
  const reasonClass = classifyReason(reason);
  const shown = reason ?? rpcCodes[error?.code ?? 0];
  const suffix = shown === undefined ? '' : ` (${shown})`;
  const details = shown === undefined ? {} : { details: { reason: shown } };
  if (reasonClass === 'content' || reasonClass === 'input_content') {
    return { code: 'content_refused', message: `${rulings[reasonClass].message}${suffix}`, ...details };
  }
  const message =
    reasonClass === 'load'
      ? 'The upstream was overloaded and gave this generation up.'
      : 'The upstream could not finish this generation.';
  return { code: 'upstream_failed', message: `${message}${suffix}`, ...details };
}

/** The text as JSON; `undefined` when it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // a page of HTML, an empty or a cut body: the caller says what that means
  }
}
