import { type StoredError, UpstreamError } from '../errors';
import { type HttpFailure, isHttpFailure } from '../http/failure';
import { classifyReason, findReason, isReason } from './reasons';
import { none, rulingFor, rulings, suspicious } from './rulings';
import { errorBody, type MediaStatusError } from './schemas';

/** Whether a call can cost something: then an answer that was not seen may have been a yes. */
export type Risk = 'free' | 'submit';

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
      ...(ruling.blames === 'image' ? { param: 'image' } : {}),
    },
  );
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
