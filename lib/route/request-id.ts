import { randomBytes } from 'node:crypto';

/** The id of one request, as answers have it in `x-request-id`. */
export const makeRequestId = (): string => `req_${randomBytes(16).toString('hex')}`;
