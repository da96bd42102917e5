import { type ErrorCode, fromStoredError } from '../errors';
import type { GenerationEvent, MediaItem } from '../generation/types';
import { cancelledError, encodeError, type WireError } from './error';
import { addressOf } from './media-address';

/** A job that brought no result: the error for its client, and our code for the log. */
export type JobFailure = {
  /** With the addresses of what was made before the failure. */
  error: WireError;
  /** The same without them. */
  message: string;
  code: ErrorCode;
  /** What was made before an upscale failed: paid for, so the error says where it is. */
  made: MediaItem[];
};

/** The failure that the end of a job is. */
export function describeJobFailure(
  event: Extract<GenerationEvent, { type: 'failed' | 'cancelled' }>,
  origin: string,
): JobFailure {
  if (event.type === 'cancelled') {
    const error = encodeError(cancelledError(), { accepted: true });
    return { error, message: error.body.error.message, code: 'cancelled', made: [] };
  }
  const error = encodeError(fromStoredError(event.error), event);
  return {
    error: event.media.length === 0 ? error : withAddresses(error, event.media, origin),
    message: error.body.error.message,
    code: event.error.code,
    made: event.media,
  };
}

function withAddresses(error: WireError, media: readonly MediaItem[], origin: string): WireError {
  const addresses = media.map((item) => addressOf(item, origin)).join(' ');
  const message = `${error.body.error.message} Made before the failure: ${addresses}`;
  return { ...error, body: { error: { ...error.body.error, message } } };
}
