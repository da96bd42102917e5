import type { z } from 'zod';
import { GatewayError, isGatewayError } from '../errors';
import { readBytes, readJson } from './read-json';

/** Far more than a name, a password and a code need. */
const formLimits = { maxBytes: 16 * 1024, idleMs: 15_000 };

const formType = 'application/x-www-form-urlencoded';

/** Whether the body is what a plain HTML form sends. */
export const isForm = (headers: Headers): boolean =>
  headers.get('content-type')?.split(';')[0]?.trim().toLowerCase() === formType;

/**
 * The fields of a small form. Throws `unsupported_media_type` for anything else, and `request_too_large` as soon as more
 * than 16 KB have come, whatever the length was said to be.
 */
export async function readForm(request: Request): Promise<URLSearchParams> {
  if (!isForm(request.headers)) {
    throw new GatewayError('unsupported_media_type', `Send a form, with "Content-Type: ${formType}".`);
  }
  return await small(async () => {
    return new URLSearchParams(new TextDecoder().decode(await readBytes(request, formLimits)));
  });
}

/** The same fields as JSON, within the same limit. Throws as `readJson`. */
export const readSmallJson = <Schema extends z.ZodType>(
  request: Request,
  schema: Schema,
): Promise<z.output<Schema>> => small(() => readJson(request, schema, formLimits));

async function small<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!isGatewayError(error) || error.code !== 'request_too_large') throw error;
    throw new GatewayError('request_too_large', 'The form is larger than 16 KB.', { cause: error });
  }
}
