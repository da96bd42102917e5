import { z } from 'zod';
import { GatewayError } from '../errors';
import { jsonLimits, readJson } from './read-json';
import { type FieldsBody, isMultipart, type MultipartLimits, readMultipart } from './read-multipart';

/** Of a body with files; what one file may have is a setting, so the caller names it. */
export const fieldsLimits: MultipartLimits = { maxBytes: jsonLimits.maxBytes, idleMs: 10_000 };

const anyFields = z.record(z.string(), z.unknown());

/**
 * The fields of a JSON or a multipart body, by its content type, in one shape: only multipart brings files, and its
 * numbers and booleans are text. Throws as `readJson` and `readMultipart`.
 */
export async function readFields(request: Request, limits: MultipartLimits): Promise<FieldsBody> {
  if (isMultipart(request.headers)) return await readMultipart(request, limits);
  const type = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase() ?? '';
  if (type !== '' && type !== 'application/json' && !type.endsWith('+json')) {
    throw new GatewayError(
      'unsupported_media_type',
      `The content type is ${JSON.stringify(type.slice(0, 80))}; send "application/json" or "multipart/form-data".`,
    );
  }
  return { fields: await readJson(request, anyFields, limits), files: [] };
}
