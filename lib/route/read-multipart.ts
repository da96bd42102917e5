import { once } from 'node:events';
import { Dicer } from '@fastify/busboy';
import { fileTypeFromBuffer } from 'file-type';
import { GatewayError } from '../errors';
import { nestFields } from './form-fields';
import { isTooDeep } from './json-depth';
import { type BodyLimits, bodyChunks } from './read-json';

/** One file of a multipart body. */
export type BodyFile = {
  /** The field without brackets: `image` for `image`, `image[]` and `image[0]`. */
  field: string;
  /** What the client calls the file; empty when it gives it no name. */
  name: string;
  /** By its first bytes; what the client says of it does not count. */
  contentType: string;
  bytes: Uint8Array;
};

/** What a request brought, whether as JSON or as multipart. `fields` are values nested as the names say. */
export type FieldsBody = { fields: Record<string, unknown>; files: BodyFile[] };

export type MultipartLimits = BodyLimits & {
  maxParts?: number;
  /** The most that one file may have. */
  maxFileBytes?: number;
};

const multipartType = 'multipart/form-data';

/** Far more than any client sends: 16 pictures and every option there is. */
const usualMaxParts = 64;
const longestName = 200;
const sniffedBytes = 4_100;

/** Whether the body is multipart, by its content type. */
export const isMultipart = (headers: Headers): boolean =>
  headers.get('content-type')?.split(';')[0]?.trim().toLowerCase() === multipartType;

/** A part while it is read. */
type Part = {
  name?: string;
  fileName?: string;
  contentType: string;
  chunks: Buffer[];
  sizeBytes: number;
};

/**
 * The fields and files of a `multipart/form-data` body (RFC 7578), in memory. Throws `unsupported_media_type` for another
 * type, `request_too_large`, and `invalid_request` for a body that is cut off or that is not what its header says.
 */
export async function readMultipart(request: Request, limits: MultipartLimits): Promise<FieldsBody> {
  if (!isMultipart(request.headers)) {
    throw new GatewayError('unsupported_media_type', `Send "Content-Type: ${multipartType}".`);
  }
  return assemble(await readParts(request, boundaryOf(request.headers), limits));
}

/** The text between the parts; at most 70 characters (RFC 2046, 5.1.1). */
function boundaryOf(headers: Headers): string {
  const found = /;\s*boundary=(?:"([^"\r\n]{1,70})"|([^\s;,"]{1,70})(?=[\s;]|$))/i.exec(
    headers.get('content-type') ?? '',
  );
  const boundary = found?.[1] ?? found?.[2];
  if (boundary !== undefined) return boundary;
  throw broken('its content type names no boundary of 1 to 70 characters');
}

/**
 * Dicer, and not the Busboy around it, which passes over parts that it cannot read: a picture that is left out makes
 * another generation than the one that was asked for.
 */
async function readParts(request: Request, boundary: string, limits: MultipartLimits): Promise<Part[]> {
  const { maxParts = usualMaxParts } = limits;
  const dicer = new Dicer({ boundary });
  const parts: Part[] = [];
  const ends: Promise<unknown>[] = [];
  let fault: GatewayError | undefined;
  const fail = (error: GatewayError) => {
    fault ??= error;
  };
  dicer.on('error', (cause) => fail(broken('it ends before its last boundary', cause)));
  dicer.on('part', (stream) => {
    const part: Part = { contentType: 'text/plain', chunks: [], sizeBytes: 0 };
    if (parts.push(part) > maxParts) {
      fail(broken(`it has more than ${maxParts} parts`, undefined, 'too_many_parts'));
    }
    stream.on('header', (header) => Object.assign(part, readHeader(header)));
    stream.on('data', (chunk: Buffer) => {
      if (fault !== undefined) return;
      part.sizeBytes += chunk.byteLength;
      if (part.sizeBytes > (limits.maxFileBytes ?? limits.maxBytes) && part.fileName !== undefined) {
        fail(fileTooLarge(part, limits));
      } else part.chunks.push(chunk);
    });
    stream.on('error', () => undefined); // told by the whole as well
    ends.push(new Promise((resolve) => stream.on('end', resolve)));
  });
  const finished = new Promise((resolve) => dicer.on('finish', resolve));
  for await (const chunk of bodyChunks(request, limits)) {
    const isReady = dicer.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    // No drain follows a piece that holds the end of the form behind more than its buffer takes.
    if (!isReady && fault === undefined) await Promise.race([once(dicer, 'drain'), finished]);
    if (fault !== undefined) throw fault;
  }
  dicer.end();
  // The last bytes of a part can arrive after the whole is said to have ended.
  await finished;
  if (fault === undefined) await Promise.all(ends);
  if (fault !== undefined) throw fault;
  return parts;
}

/** What `Content-Disposition` (RFC 7578, 4.2) and `Content-Type` say. */
function readHeader(header: object): Pick<Part, 'name' | 'fileName' | 'contentType'> {
  const lines = header as Record<string, string[] | undefined>; // Dicer: lower-case names, each with its values
  const [disposition = ''] = lines['content-disposition'] ?? [];
  const parameters = /^\s*form-data\s*;/i.test(disposition) ? parametersOf(disposition) : new Map();
  const name = parameters.get('name');
  const fileName = parameters.get('filename') ?? parameters.get('filename*');
  return {
    ...(name === undefined ? {} : { name }),
    ...(fileName === undefined ? {} : { fileName }),
    contentType: lines['content-type']?.[0]?.split(';')[0]?.trim().toLowerCase() ?? 'text/plain',
  };
}

function parametersOf(disposition: string): Map<string, string> {
  const pattern = /;\s*([\w*-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;"]*))/g;
  return new Map(
    [...disposition.matchAll(pattern)].map(([, name = '', quoted, bare = '']) => [
      name.toLowerCase(),
      // Dicer gives each byte as one character.
      Buffer.from(quoted?.replace(/\\(["\\])/g, '$1') ?? bare, 'latin1').toString('utf8'),
    ]),
  );
}

async function assemble(parts: readonly Part[]): Promise<FieldsBody> {
  const entries: [string, unknown][] = [];
  const files: (BodyFile & { order: number })[] = [];
  for (const part of parts) {
    const { name, fileName } = part;
    if (name === undefined || name === '' || name.length > longestName) {
      throw broken('a part of it has no "Content-Disposition: form-data; name=…" that can be read');
    }
    const bytes = Buffer.concat(part.chunks, part.sizeBytes);
    part.chunks = [];
    if (!isFile(part)) {
      entries.push([name, decodeField(name, part, bytes)]);
      continue;
    }
    // What a browser sends for a file that nobody chose.
    if (fileName === '' && bytes.byteLength === 0) continue;
    const [, field = name, index = ''] = /^([^[\]]+)(?:\[(\d{0,4})\])?$/.exec(name) ?? [];
    const found = await fileTypeFromBuffer(bytes.subarray(0, sniffedBytes));
    files.push({
      field,
      name: fileName ?? '',
      contentType: found?.mime ?? 'application/octet-stream',
      bytes,
      order: index === '' ? files.length : Number(index),
    });
  }
  const fieldNames = files.map(({ field }) => field);
  files.sort((a, b) => fieldNames.indexOf(a.field) - fieldNames.indexOf(b.field) || a.order - b.order);
  return { fields: nestFields(entries), files: files.map(({ order: _order, ...file }) => file) };
}

/** Text is what has no file name and no other type: some clients send pictures without a name. */
const isFile = ({ fileName, contentType }: Part): boolean =>
  fileName !== undefined || !/^(?:text\/|application\/json$)/.test(contentType);

function decodeField(name: string, { contentType }: Part, bytes: Buffer): unknown {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    if (contentType !== 'application/json') return text;
    const value: unknown = JSON.parse(text);
    if (isTooDeep(value)) throw new Error('it is nested too deep');
    return value;
  } catch (cause) {
    const wanted = contentType === 'application/json' ? 'JSON' : 'UTF-8 text';
    throw new GatewayError('invalid_request', `"${name}" is not ${wanted}.`, { param: name, cause });
  }
}

const broken = (fault: string, cause?: unknown, wireCode = 'invalid_multipart') =>
  new GatewayError('invalid_request', `The body is no multipart form that can be read: ${fault}.`, {
    wireCode,
    cause,
  });

const fileTooLarge = ({ name }: Part, { maxFileBytes = 0 }: MultipartLimits) =>
  new GatewayError(
    'request_too_large',
    `The file in "${name}" is larger than ${Math.floor(maxFileBytes / 1_000_000)} MB, the most that is taken here. Send a smaller one.`,
    { ...(name === undefined ? {} : { param: name }) },
  );
