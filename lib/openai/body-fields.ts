import { GatewayError } from '../errors';
import type { ReferenceInput } from '../generation/types';

export type Fields = Readonly<Record<string, unknown>>;

/** A JSON or multipart body; `field` is the name without brackets. */
export type FieldsBody = { fields: Fields; files: readonly { field: string; bytes: Uint8Array }[] };

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A value that is there; JSON's null and the empty text of a form mean "not set". */
export const given = (fields: Fields, name: string): unknown => {
  const value = fields[name];
  return value === null || value === '' ? undefined : value;
};

export const refuse = (param: string, problem: string, wireCode?: string): GatewayError =>
  new GatewayError('invalid_request', `"${param}" ${problem}.`, {
    param,
    ...(wireCode === undefined ? {} : { wireCode }),
  });

/** An object or list that a form carries as JSON text is what it says. */
export function parseObject(value: unknown): unknown {
  if (typeof value !== 'string' || !/^\s*[[{]/.test(value)) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value; // it is refused as the text that it is
  }
}

/** The pictures of some fields: the files in their order, then the addresses. */
export const picturesIn = ({ fields, files }: FieldsBody, ...names: readonly string[]): ReferenceInput[] => [
  ...files
    .filter(({ field }) => names.includes(field))
    .map(({ field, bytes }): ReferenceInput => ({ type: 'bytes', bytes, param: field })),
  ...names.flatMap((name) => decodeAddresses(given(fields, name), name)),
];

function decodeAddresses(value: unknown, param: string): ReferenceInput[] {
  if (value === undefined) return [];
  const parsed = parseObject(value);
  if (!Array.isArray(parsed)) return [decodeAddress(parsed, param)];
  return parsed.map((one: unknown, index) => decodeAddress(one, `${param}.${index}`));
}

function decodeAddress(value: unknown, param: string): ReferenceInput {
  const url = addressIn(value);
  if (url !== undefined) return { type: 'url', url, param };
  if (isFields(value) && typeof value.file_id === 'string') {
    throw refuse(param, 'names an uploaded file, and there are none here; send the picture or its address');
  }
  throw refuse(
    param,
    'must be a picture: a file, an http(s) address, or a data: address with the picture itself',
  );
}

/** An address, `{image_url}` with one, or a nested `{url}` as chat messages have it. */
function addressIn(value: unknown): string | undefined {
  const outer = isFields(value) ? (value.image_url ?? value.url) : value;
  const url = isFields(outer) ? outer.url : outer;
  return typeof url === 'string' && /^\s*(?:https?:\/\/.|data:.)/i.test(url) ? url.trim() : undefined;
}

/** Names under which other APIs take pictures, such as `reference_image`, `startImage`, `image_tail`, `imageUrls`. */
const pictureName =
  /(?:image|img|frame|picture|photo|reference)s?[_-]?(?:urls?|uris?|list|tail|data|base64|b64)?$/i;

/**
 * Throws for a file, or a picture under a name that means one elsewhere, that is in none of the fields `read`: without it
 * another result would be made, and paid, than was asked for. `advice` says what would be right.
 */
export function refuseStrayPictures({ fields, files }: FieldsBody, read: readonly string[], advice: string) {
  const file = files.find(({ field }) => !read.includes(field));
  const stray =
    file?.field ??
    Object.keys(fields).find(
      (name) => !read.includes(name) && pictureName.test(name) && holdsAddress(fields[name]),
    );
  if (stray !== undefined) {
    throw refuse(stray.slice(0, 100), `is not read here. ${advice}`, 'unsupported_parameter');
  }
}

function holdsAddress(value: unknown): boolean {
  const parsed = parseObject(value);
  return (Array.isArray(parsed) ? parsed : [parsed]).some((one) => addressIn(one) !== undefined);
}
