import { GatewayError, isGatewayError } from '../errors';
import { isBlank, type ReferenceInput } from '../generation/types';

export type Fields = Readonly<Record<string, unknown>>;

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** `problem` follows the name of the field. */
export const refuse = (param: string, problem: string): GatewayError =>
  new GatewayError('invalid_request', `"${param}" ${problem}.`, { param });

/** A member as it was sent: under its own name or, as curl users and some clients write it, in snake_case. */
export function memberOf(fields: Fields, name: string): { name: string; value: unknown } {
  const snake = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  const sent = [name, snake].find((spelling) => fields[spelling] !== undefined && fields[spelling] !== null);
  return sent === undefined ? { name, value: undefined } : { name: sent, value: fields[sent] };
}

/** The same for an object; `path` is what stands before it in messages. */
export function objectIn(
  fields: Fields,
  name: string,
  path = '',
): { param: string; value: Fields } | undefined {
  const sent = memberOf(fields, name);
  if (sent.value === undefined) return undefined;
  const param = `${path}${sent.name}`;
  if (!isFields(sent.value)) throw refuse(param, 'must be an object');
  return { param, value: sent.value };
}

/** One part of a turn, as far as it means something here. */
type Part =
  | { type: 'text'; text: string }
  | { type: 'picture'; url: string; param: string }
  | { type: 'video'; source: string; param: string }
  /** Refused where it was meant as input, passed over in earlier turns. */
  | { type: 'unusable'; why: GatewayError };

/** `parts` as they were sent. */
type Turn = { role: 'user' | 'model' | 'function'; parts: unknown; param: string };

/** What a conversation asks for. */
export type Conversation = {
  prompt: string;
  /** Of what the user asks now, in its order. */
  references: ReferenceInput[];
  /** Of earlier turns, one of each, newest first. */
  shown: ReferenceInput[];
  /** An earlier video to extend. */
  sourceVideo?: { source: string; param: string };
};

/**
 * Reads `contents`. The turns of the user that stand together at the end are one request; what cannot be used in earlier
 * ones is passed over. Throws `invalid_request` with the place at fault.
 */
export function decodeContents(contents: unknown): Conversation {
  const turns = decodeTurns(contents);
  const last = turns.findLastIndex(({ role }) => role === 'user');
  if (last < 0) throw refuse('contents', 'must hold a turn of the role "user"');
  const first = turns.findLastIndex(({ role }, index) => index < last && role !== 'user') + 1;
  const parts = turns
    .slice(first, last + 1)
    .flatMap((turn) => decodeParts(turn.parts, `${turn.param}.parts`));
  for (const part of parts) if (part.type === 'unusable') throw part.why;
  const prompt = parts
    .flatMap((part) => (part.type === 'text' ? [part.text] : []))
    .join('\n')
    .trim();
  if (isBlank(prompt))
    throw refuse(
      'contents',
      'holds no prompt: the last turn of the user must have a text that says what to make',
    );
  const [video, second] = parts.filter((part) => part.type === 'video');
  if (second !== undefined) throw refuse(second.param, 'is a second video; only one can be extended');
  return {
    prompt,
    references: parts.flatMap((part) =>
      part.type === 'picture' ? [{ type: 'url', url: part.url, param: part.param }] : [],
    ),
    shown: [...turns.slice(0, first), ...turns.slice(last + 1)]
      .toReversed()
      .flatMap((turn): ReferenceInput[] => {
        const picture = findShown(turn);
        return picture === undefined ? [] : [{ type: 'url', url: picture }];
      }),
    ...(video === undefined ? {} : { sourceVideo: { source: video.source, param: video.param } }),
  };
}

/** The last picture of a turn that is no longer asked about: nothing of it is refused, and errors do not name it. */
function findShown({ parts }: Turn): string | undefined {
  const sent: readonly unknown[] = Array.isArray(parts) ? parts : [parts];
  for (const part of sent.toReversed()) {
    const picture = decodeShown(part).findLast(({ type }) => type === 'picture');
    if (picture?.type === 'picture') return picture.url;
  }
  return undefined;
}

function decodeShown(part: unknown): Part[] {
  try {
    return decodePart(part, 'contents');
  } catch (error) {
    if (isGatewayError(error)) return [{ type: 'unusable', why: error }];
    throw error;
  }
}

function decodeTurns(contents: unknown): Turn[] {
  if (contents === undefined || contents === null)
    throw refuse('contents', 'is missing; send a list of turns');
  if (typeof contents === 'string') return [{ role: 'user', parts: [{ text: contents }], param: 'contents' }];
  if (isFields(contents)) return [decodeTurn(contents, 'contents')];
  if (!Array.isArray(contents)) throw refuse('contents', 'must be a list of turns');
  if (contents.length === 0) throw refuse('contents', 'is empty; send at least one turn');
  return contents.map((turn: unknown, index) => decodeTurn(turn, `contents[${index}]`));
}

const roles: ReadonlyMap<unknown, Turn['role']> = new Map([
  [undefined, 'user'],
  [null, 'user'],
  ['', 'user'],
  ['user', 'user'],
  ['model', 'model'],
  ['function', 'function'],
  ['tool', 'function'],
]);

function decodeTurn(turn: unknown, param: string): Turn {
  if (!isFields(turn)) throw refuse(param, 'must be an object with "role" and "parts"');
  const role = roles.get(turn.role);
  if (role === undefined) throw refuse(`${param}.role`, 'must be "user" or "model"');
  return { role, parts: turn.parts, param };
}

function decodeParts(parts: unknown, param: string): Part[] {
  if (parts === undefined || parts === null) return [];
  if (isFields(parts)) return decodePart(parts, param);
  if (!Array.isArray(parts)) throw refuse(param, 'must be a list of parts');
  return parts.flatMap((part: unknown, index) => decodePart(part, `${param}[${index}]`));
}

/** Parts that clients keep from earlier turns, such as thoughts and calls of functions, say nothing here. */
function decodePart(part: unknown, param: string): Part[] {
  if (!isFields(part)) throw refuse(param, 'must be an object with "text", "inlineData" or "fileData"');
  const inline = objectIn(part, 'inlineData', `${param}.`);
  if (inline !== undefined) return [decodeInline(inline.value, inline.param)];
  const file = objectIn(part, 'fileData', `${param}.`);
  if (file !== undefined) return [decodeFile(file.value, file.param)];
  const { text } = part;
  if (text === undefined || text === null || part.thought === true) return [];
  if (typeof text !== 'string') throw refuse(`${param}.text`, 'must be text');
  return [{ type: 'text', text }];
}

function mimeTypeIn(fields: Fields, param: string): string | undefined {
  const { name, value } = memberOf(fields, 'mimeType');
  if (value === undefined || value === '') return undefined;
  if (typeof value !== 'string') throw refuse(`${param}.${name}`, 'must be text such as "image/png"');
  return value.trim().toLowerCase();
}

/** What says nothing of its kind is looked at when it is loaded. */
const isPicture = (mimeType: string | undefined): boolean =>
  mimeType === undefined || mimeType.startsWith('image/') || mimeType === 'application/octet-stream';

function decodeInline(fields: Fields, param: string): Part {
  const mimeType = mimeTypeIn(fields, param);
  if (!isPicture(mimeType)) {
    const problem = `is ${JSON.stringify(mimeType?.slice(0, 40))}; only pictures can be sent`;
    return { type: 'unusable', why: refuse(param, problem) };
  }
  const { data } = fields;
  if (typeof data !== 'string' || data === '')
    throw refuse(`${param}.data`, 'must be the bytes of a picture in base64');
  if (/^\s*data:/i.test(data)) return { type: 'picture', url: data.trim(), param };
  // The kind is read from the bytes; what a client says of it may be anything.
  return { type: 'picture', url: `data:image/png;base64,${data}`, param };
}

const extendScheme = /^extend:\/\/(?=.)/i;

function decodeFile(fields: Fields, param: string): Part {
  const mimeType = mimeTypeIn(fields, param);
  const { name, value } = memberOf(fields, 'fileUri');
  const uri = typeof value === 'string' ? value.trim() : '';
  if (extendScheme.test(uri)) return { type: 'video', source: uri.replace(extendScheme, ''), param };
  if (!/^(?:https?:\/\/.|data:.)/i.test(uri)) {
    const problem =
      'must be the http(s) address of a picture, or of a video that was made here; nothing can be uploaded to this gateway';
    return { type: 'unusable', why: refuse(`${param}.${name}`, problem) };
  }
  const isVideo = mimeType?.startsWith('video/') ?? /^https?:\/\/[^?#]+\.mp4(?:[?#]|$)/i.test(uri);
  if (isVideo) return { type: 'video', source: uri.replace(/[?#].*$/s, ''), param };
  if (!isPicture(mimeType)) {
    const problem = `is ${JSON.stringify(mimeType?.slice(0, 40))}; only pictures and videos can be sent`;
    return { type: 'unusable', why: refuse(param, problem) };
  }
  return { type: 'picture', url: uri, param };
}

const longestInstruction = 1_200;

/** What only an instruction for a program that calls tools has: it would be drawn instead of obeyed. */
const agentTooling =
  /\b(?:tool[ _-]?(?:calls?|use|choice|names?|results?)|function[ _-]?call(?:s|ing)?|(?:available|following) (?:tools|functions)|call (?:a|the|any) (?:tool|function)|mcp servers?|json schema|AGENTS\.md|CLAUDE\.md|GEMINI\.md|(?:coding|cli|software engineering) (?:agent|assistant)|shell commands?)\b|<\/?(?:tools?|functions?|tool_call|function_call|invoke)\b/i;

/**
 * The instruction to put before the prompt; `undefined` for none, for one that is longer than what is meant for a
 * picture, and for one that tells a program how to use its tools. Throws `invalid_request`.
 */
export function decodeInstruction(body: Fields): string | undefined {
  const { name, value } = memberOf(body, 'systemInstruction');
  if (value === undefined) return undefined;
  if (typeof value !== 'string' && !isFields(value)) throw refuse(name, 'must be an object with "parts"');
  const parts = typeof value === 'string' ? [{ type: 'text' as const, text: value }] : partsOf(value, name);
  const text = parts
    .flatMap((part) => (part.type === 'text' ? [part.text] : []))
    .join('\n')
    .trim();
  return isBlank(text) || text.length > longestInstruction || agentTooling.test(text) ? undefined : text;
}

/** A turn, or one part alone as some clients send it. */
const partsOf = (value: Fields, param: string): Part[] =>
  value.parts === undefined ? decodePart(value, param) : decodeParts(value.parts, `${param}.parts`);
