import { GatewayError } from '../errors';
import { isBlank, type ReferenceInput } from '../generation/types';

/** One message of a conversation; its content is read where it matters only. */
export type ChatMessage = { role?: string | null | undefined; content?: unknown; images?: unknown };

/** What the last user message asks for. */
export type ChatPrompt = {
  prompt: string;
  /** In the order of the message. */
  references: ReferenceInput[];
  /** From a reference `extend://<id>`. */
  sourceVideo?: string;
};

const extendScheme = 'extend://';

/** Kinds of parts that a user means as input and that nothing here can use: better refused than ignored. */
const refusedParts: ReadonlySet<string> = new Set(['input_audio', 'audio_url', 'video_url', 'input_video']);

const isFields = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

const refuse = (message: string, param: string) => new GatewayError('invalid_request', message, { param });

/**
 * Reads the last user message: its text parts joined, its pictures in order. `field` is the client's name for the messages.
 * Throws `invalid_request`.
 */
export function decodePrompt(messages: readonly ChatMessage[], field = 'messages'): ChatPrompt {
  const index = messages.findLastIndex(({ role }) => (role ?? 'user') === 'user');
  const content = messages[index]?.content ?? '';
  const param = `${field}.${index}.content`;
  if (typeof content !== 'string' && !Array.isArray(content)) {
    throw refuse(`"${param}" must be text or a list of parts.`, param);
  }
  const parts =
    typeof content === 'string'
      ? [content]
      : content.map((part: unknown, at) => decodePart(part, `${param}.${at}`));
  const prompt = parts
    .filter((part) => typeof part === 'string')
    .join('\n')
    .trim();
  if (isBlank(prompt)) {
    throw refuse('There is no prompt: the last user message must hold text that says what to make.', field);
  }
  const urls = parts.filter((part) => typeof part === 'object');
  const videos = urls.filter(({ url }) => url.startsWith(extendScheme));
  const second = videos[1];
  if (second !== undefined) throw refuse('Only one video can be extended in one request.', second.param);
  const sourceVideo = videos[0]?.url.slice(extendScheme.length);
  return {
    prompt,
    references: urls
      .filter(({ url }) => !url.startsWith(extendScheme))
      .map(({ url, param }) => ({ type: 'url', url, param })),
    ...(sourceVideo === undefined ? {} : { sourceVideo }),
  };
}

/** Text, an address with the name of its field, or nothing that we use. */
function decodePart(part: unknown, param: string): string | { url: string; param: string } | undefined {
  if (typeof part === 'string') return part;
  if (!isFields(part)) throw refuse(`"${param}" must be an object with a "type".`, param);
  const type = part.type ?? (typeof part.text === 'string' ? 'text' : undefined);
  if (typeof type !== 'string')
    throw refuse(`"${param}.type" is missing; use "text" or "image_url".`, `${param}.type`);
  if (refusedParts.has(type)) throw refusePart(type, param);
  switch (type) {
    case 'text':
    case 'input_text':
      if (typeof part.text === 'string') return part.text;
      throw refuse(`"${param}.text" must be text.`, `${param}.text`);
    case 'image_url':
    case 'input_image':
      return { url: decodeImageUrl(part.image_url, `${param}.image_url`), param: `${param}.image_url` };
    case 'image':
    case 'file':
    case 'input_file': {
      const url = findPartPicture(part);
      if (url === undefined) throw refusePart(type, param);
      return { url, param };
    }
    default:
      return undefined; // parts that clients keep from earlier turns, such as reasoning
  }
}

const refusePart = (type: string, param: string) =>
  refuse(
    `"${param}" is of type "${type}" and holds nothing that a model here takes. Use "text" and "image_url" parts; an earlier video is extended by an "image_url" of ${extendScheme}<id>.`,
    param,
  );

/** The picture in a part that is not OpenAI's own for pictures: of the AI SDK, of Anthropic, or a file that is one. */
function findPartPicture(part: Record<string, unknown>): string | undefined {
  if (part.type !== 'image') {
    const data = isFields(part.file) ? part.file.file_data : part.file_data;
    return typeof data === 'string' && /^\s*data:image\//i.test(data) ? data.trim() : undefined;
  }
  const { image, source } = part;
  if (isFields(source) && source.type === 'base64' && typeof source.data === 'string') {
    const type = typeof source.media_type === 'string' ? source.media_type : 'image/png';
    return `data:${type};base64,${source.data}`;
  }
  const url = isFields(source) && source.type === 'url' ? source.url : image;
  return typeof url === 'string' && isPictureAddress(url.trim()) ? url.trim() : undefined;
}

/** `{"url": …}` as the format has it, or the bare address as several clients send it. */
function decodeImageUrl(value: unknown, param: string): string {
  const url = isFields(value) ? value.url : value;
  if (typeof url === 'string' && isPictureAddress(url.trim())) return url.trim();
  throw refuse(
    `"${param}" must be an http(s) address of a picture, or a data: address with the picture itself.`,
    param,
  );
}

const isPictureAddress = (url: string) => /^(?:https?:\/\/.|data:.|extend:\/\/.)/i.test(url);

/** The `image` field of the predecessor. Throws `invalid_request`. */
export const decodeLegacyImage = (image: string): ReferenceInput => ({
  type: 'url',
  url: decodeImageUrl(image, 'image'),
  param: 'image',
});

// No bracket inside the text: a message made of opening brackets costs no more than its length.
const markdownPicture = /!\[[^[\]\n]{0,1000}\]\(\s*<?((?:https?:\/\/|data:)[^\s<>)]+)/gi;

/** The last picture of each assistant message that shows one, newest message first. */
export function findShownPictures(messages: readonly ChatMessage[], limit: number): ReferenceInput[] {
  const shown: ReferenceInput[] = [];
  for (const { role, content, images } of messages.toReversed()) {
    if (shown.length === limit) break;
    if (role !== 'assistant') continue;
    const url =
      lastPictureIn(images) ??
      lastPictureIn(content) ??
      [...plainText(content).matchAll(markdownPicture)].at(-1)?.[1];
    if (url !== undefined) shown.push({ type: 'url', url });
  }
  return shown;
}

const pictureAddress = /^(?:https?:\/\/.|data:.)/i;

/** The address in the last part of a list that is a picture, however the client keeps it. */
function lastPictureIn(parts: unknown): string | undefined {
  if (!Array.isArray(parts)) return undefined;
  for (const part of parts.toReversed()) {
    if (!isFields(part)) continue;
    const given = isFields(part.image_url) ? part.image_url.url : part.image_url;
    const url = typeof given === 'string' ? given.trim() : findPartPicture(part);
    if (url !== undefined && pictureAddress.test(url)) return url;
  }
  return undefined;
}

/** The text parts of a message, one a line. */
export function plainText(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content
    .map((part: unknown) => (isFields(part) && typeof part.text === 'string' ? part.text : ''))
    .join('\n');
}
