import type { z } from 'zod';
import { GatewayError } from '../errors';
import type { Room } from './byte-budget';
import { deepestJson, isTooDeep } from './json-depth';
import { findJsonFault } from './json-fault';

/** What a body may be at most, how long it may stop, and whose memory it is read into: without `room` it is not counted. */
export type BodyLimits = { maxBytes: number; idleMs: number; room?: Room };

/**
 * The time that every body has; a longer one needs this many bytes a second, or it holds a connection for nothing. It
 * needs more of them while others wait for the room that was given to it.
 */
const pace = { startMs: 30_000, bytesPerSecond: 8 * 1024, wantedBytesPerSecond: 512 * 1024 };

/**
 * Holds two reference pictures of the largest size that the settings allow by default, in base64: the first and the last
 * frame of a video. More of that size are sent by their addresses; a body is in memory whole while it is read.
 */
export const jsonLimits: BodyLimits = { maxBytes: 64 * 1024 * 1024, idleMs: 30_000 };

/**
 * The body as the schema has it. Throws `unsupported_media_type`, `request_too_large`, `queue_timeout` when there is no
 * room for it, and `invalid_request` that says where and what is wrong.
 */
export async function readJson<Schema extends z.ZodType>(
  request: Request,
  schema: Schema,
  limits: BodyLimits = jsonLimits,
): Promise<z.output<Schema>> {
  checkContentType(request.headers.get('content-type'));
  const value = parseJson(decodeText(await readBytes(request, limits)));
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw describeFault(result.error.issues, value);
}

/** A body without a content type is taken as JSON, as many scripts send it. */
function checkContentType(header: string | null) {
  const type = header?.split(';')[0]?.trim().toLowerCase() ?? '';
  if (type === '' || type === 'application/json' || /^application\/[\w.-]+\+json$/.test(type)) return;
  throw new GatewayError(
    'unsupported_media_type',
    `The content type is ${JSON.stringify(type.slice(0, 80))}; send JSON with "Content-Type: application/json".`,
  );
}

/** Nothing is unpacked here: a few bytes could become more than there is memory. */
function checkEncoding(header: string | null) {
  const encoding = header?.trim().toLowerCase() ?? '';
  if (encoding === '' || encoding === 'identity') return;
  throw new GatewayError(
    'unsupported_media_type',
    `The body is sent with "Content-Encoding: ${encoding.slice(0, 40)}"; send it uncompressed.`,
    { wireCode: 'unsupported_content_encoding' },
  );
}

/** The whole body. Throws as `bodyChunks`. */
export async function readBytes(request: Request, limits: BodyLimits): Promise<Uint8Array> {
  let chunks: Uint8Array[] = [];
  for await (const chunk of bodyChunks(request, limits)) chunks.push(chunk);
  const whole = Buffer.concat(chunks);
  chunks = []; // the frame of an async function outlives its last statement
  return whole;
}

/**
 * The body piece by piece. What it claims to be long is checked first, what it is long is counted. Throws
 * `unsupported_media_type` for a compressed one, `request_too_large`, `queue_timeout` when there is no room for it, and `invalid_request` when it stops or trickles.
 */
export async function* bodyChunks(
  request: Request,
  { maxBytes, idleMs, room }: BodyLimits,
): AsyncGenerator<Uint8Array> {
  checkEncoding(request.headers.get('content-encoding'));
  const announcedBytes = Number(request.headers.get('content-length'));
  if (announcedBytes > maxBytes) throw tooLarge(maxBytes);
  if (request.body === null) return;
  await room?.take(announcedBytes);
  const reader = request.body.getReader();
  const startedAt = performance.now();
  let waitedForRoomMs = 0;
  let sizeBytes = 0;
  // What fails here leaves the rest unread and uncancelled: the server reads on for a while, so that the sender gets the
  // answer, and cancelling would stop that without closing the connection.
  for (;;) {
    const { done, value } = await withinTime(reader.read(), idleMs);
    if (done) return;
    sizeBytes += value.byteLength;
    if (sizeBytes > maxBytes) throw tooLarge(maxBytes);
    const elapsedMs = performance.now() - startedAt - waitedForRoomMs;
    const bytesPerSecond = room?.isWanted() === true ? pace.wantedBytesPerSecond : pace.bytesPerSecond;
    if (elapsedMs > pace.startMs + (sizeBytes / bytesPerSecond) * 1_000) throw tooTrickling(elapsedMs);
    const fullAt = performance.now();
    await room?.take(sizeBytes);
    waitedForRoomMs += performance.now() - fullAt;
    room?.onChunk?.(value);
    yield value;
  }
}

async function withinTime<T>(value: Promise<T>, idleMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(tooSlow(idleMs)), idleMs);
  });
  return await Promise.race([value, late]).finally(() => clearTimeout(timer));
}

const tooLarge = (maxBytes: number) =>
  new GatewayError(
    'request_too_large',
    `The body is larger than ${Math.floor(maxBytes / 1024 / 1024)} MB, the most that is taken here. Send smaller pictures, or their addresses.`,
  );

const tooSlow = (idleMs: number) =>
  new GatewayError('invalid_request', `Nothing of the body came for ${idleMs / 1_000} seconds.`, {
    wireCode: 'request_timeout',
  });

const tooTrickling = (elapsedMs: number) =>
  new GatewayError(
    'invalid_request',
    `The body came too slowly: it is not complete after ${Math.round(elapsedMs / 1_000)} seconds.`,
    { wireCode: 'request_timeout' },
  );

function decodeText(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new GatewayError('invalid_request', 'The body is not UTF-8 text; send JSON in UTF-8.', {
      wireCode: 'invalid_json',
      cause,
    });
  }
}

function parseJson(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new GatewayError('invalid_request', `The body is not valid JSON: ${spellFault(text)}`, {
      wireCode: 'invalid_json',
      cause,
    });
  }
  if (!isTooDeep(value)) return value;
  throw new GatewayError(
    'invalid_request',
    `The body holds lists or objects more than ${deepestJson} deep in each other.`,
    { wireCode: 'invalid_json' },
  );
}

function spellFault(text: string): string {
  if (text.trim() === '') return 'it is empty.';
  const at = findJsonFault(text);
  if (at === undefined) return 'the fault is too far in to be shown.';
  const before = text.slice(0, at).split('\n');
  const found = at >= text.length ? 'the end of the body' : JSON.stringify(text.slice(at, at + 1));
  return `${found} cannot stand at line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}.`;
}

/** The first fault, in words, with the field as dotted path. */
function describeFault(issues: readonly z.core.$ZodIssue[], value: unknown): GatewayError {
  const issue = issues[0];
  if (issue === undefined)
    return new GatewayError('invalid_request', 'The body is not what this address takes.');
  const param = issue.path.map(String).join('.');
  const name = param === '' ? 'The body' : `"${param}"`;
  return new GatewayError('invalid_request', `${name} ${spellIssue(issue, valueAt(value, issue.path))}.`, {
    ...(param === '' ? {} : { param }),
    cause: issue,
  });
}

const typeNames: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
};

function spellIssue(issue: z.core.$ZodIssue, found: unknown): string {
  switch (issue.code) {
    case 'invalid_type': {
      const wanted = typeNames[issue.expected] ?? issue.expected;
      return found === undefined
        ? `is missing; it must be ${wanted}`
        : `is ${nameOf(found)}; it must be ${wanted}`;
    }
    case 'invalid_value':
      return `is ${nameOf(found)}; it must be one of ${issue.values.map(String).join(', ')}`;
    case 'too_small':
      if (issue.origin === 'string' && issue.minimum === 1) return 'is empty; it must hold text';
      return issue.message.replace(/^Too small: /, 'is too small: ');
    default:
      return issue.message.replace(/\.$/, '');
  }
}

const valueAt = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (inside, key) => (typeof inside === 'object' && inside !== null ? Reflect.get(inside, key) : undefined),
    value,
  );

/** The kind of a value, never the value: it may be long, and it may be private. */
function nameOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return typeNames[typeof value] ?? typeof value;
}
