/** How far a call had come when it failed. `connect`: nothing of the request was sent. */
export type HttpPhase = 'connect' | 'sent' | 'body';

/** What ended a call. `aborted`: the caller's signal. */
export type HttpFailureKind = 'timeout' | 'network' | 'too_large' | 'aborted';

const marker = Symbol.for('flow2api.HttpFailure');

/** A call that gave no (whole) answer. A status code of any kind is an answer, not a failure. */
export type HttpFailure = Error & {
  readonly [marker]: true;
  readonly phase: HttpPhase;
  readonly kind: HttpFailureKind;
};

const texts = {
  timeout: {
    connect: 'No connection in time.',
    sent: 'No answer in time.',
    body: 'The answer stopped coming.',
  },
  network: {
    connect: 'No connection could be made.',
    sent: 'The connection broke before an answer.',
    body: 'The connection broke within the answer.',
  },
  too_large: {
    connect: 'The answer is too large.',
    sent: 'The answer is too large.',
    body: 'The answer is too large.',
  },
  aborted: {
    connect: 'The call was given up before it was sent.',
    sent: 'The call was given up while it waited for the answer.',
    body: 'The call was given up while its answer was read.',
  },
} as const satisfies Record<HttpFailureKind, Record<HttpPhase, string>>;

/** Makes a failure. The cause goes to the log only; the message never names an address. */
export function makeHttpFailure(kind: HttpFailureKind, phase: HttpPhase, cause?: unknown): HttpFailure {
  const error = new Error(texts[kind][phase], cause === undefined ? undefined : { cause });
  error.name = 'HttpFailure';
  return Object.assign(error, { [marker]: true as const, phase, kind });
}

/** Whether this is an `HttpFailure`, also one made by another copy of this module. */
export const isHttpFailure = (error: unknown): error is HttpFailure =>
  typeof error === 'object' && error !== null && marker in error;
