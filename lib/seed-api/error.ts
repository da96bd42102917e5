import { type ErrorCode, isGatewayError } from '../errors';
import { isSchemaFaults } from './faults';

/** What is the caller's doing, or passes; everything else is a 500, as the predecessor's clients expect it. */
const statuses: Partial<Record<ErrorCode, number>> = {
  invalid_api_key: 401,
  invalid_request: 400,
  conflict: 400,
  not_found: 404,
  method_not_allowed: 405,
  request_too_large: 413,
  unsupported_media_type: 415,
  rate_limited: 429,
  shutting_down: 503,
};

/** More specific codes with a status of their own. */
const specificStatuses: Readonly<Record<string, number>> = {
  sign_in_required: 401,
  wrong_credentials: 401,
  cross_site_request: 403,
  password_change_required: 403,
  not_supported: 501,
  invalid_json: 422,
};

const unforeseen = 'The gateway failed on this request. The log has the reason.';

/** An error in the predecessor's shape, which is FastAPI's. */
export function encodeSeedError(error: unknown): {
  status: number;
  headers: Record<string, string>;
  body: { detail: unknown };
} {
  if (isSchemaFaults(error)) return { status: 422, headers: {}, body: { detail: error.faults } };
  if (!isGatewayError(error)) return { status: 500, headers: {}, body: { detail: unforeseen } };
  const { code, wireCode = '', message, retryAfterSeconds } = error;
  const detail =
    wireCode === 'invalid_json' ? [{ type: 'json_invalid', loc: ['body'], msg: message }] : message;
  return {
    status: specificStatuses[wireCode] ?? statuses[code] ?? 500,
    headers: retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) },
    body: { detail },
  };
}
