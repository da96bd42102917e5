import { GatewayError } from '../errors';
import { type MemoryBudget, makeMemoryBudget } from '../memory-budget';

/** Memory for the fetched pictures of all requests: two of the largest that the settings allow by default. */
export const makePictureBudget = ({ totalBytes = 128 * 1024 * 1024, waitMs = 20_000 } = {}): MemoryBudget =>
  makeMemoryBudget({ totalBytes, waitMs, tooBusy });

const tooBusy = () =>
  new GatewayError(
    'queue_timeout',
    'Too many large pictures are fetched at once. Send this request again in a moment.',
    { wireCode: 'too_many_large_requests', retryAfterSeconds: 5 },
  );
