import { z } from 'zod';
import { type ErrorCode, GatewayError } from '../errors';
import {
  type GenerationEvent,
  type GenerationRequest,
  type LostPicture,
  type MediaItem,
  tellLost,
} from '../generation/types';
import type { MediaKind } from '../models/types';
import { decodeLegacyImage, decodePrompt, findShownPictures } from './chat-messages';
import { encodeError, type WireError } from './error';
import { describeJobFailure } from './job-failure';
import { addressOf } from './media-address';
import { asksForPictures, decodeModelOptions } from './model-options';
import { makeProgressText, spell } from './progress-text';

/**
 * The body of `POST /v1/chat/completions`, as far as it means something here; whatever else clients send is ignored.
 * Loose, because options stand in many places (`decodeModelOptions`).
 */
export const chatRequest = z.looseObject({
  model: z.string().min(1),
  messages: z
    .array(z.looseObject({ role: z.string().nullish(), content: z.unknown().optional() }))
    .min(1, 'must hold at least one message'),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().nullish() }).nullish(),
  /** Of the predecessor: one picture beside the messages, as text; anything else means nothing here. */
  image: z.unknown().optional(),
});

export type ChatRequest = z.infer<typeof chatRequest>;

/** What a chat request asks of the domain, and how it wants the answer. */
export type DecodedChat = {
  generation: GenerationRequest;
  stream: boolean;
  includeUsage: boolean;
  /** Pictures are wanted in `images`, as their bytes, instead of as Markdown. */
  wantsImages: boolean;
};

/** How far back a conversation is searched for a picture to go on from. */
const shownPictures = 3;

/** The request in words of the domain. Throws `invalid_request` with the field at fault. */
export function decodeChatRequest(body: ChatRequest, options: { autoReference: boolean }): DecodedChat {
  const { prompt, references, sourceVideo } = decodePrompt(body.messages);
  if (references.length === 0 && typeof body.image === 'string' && body.image !== '') {
    references.push(decodeLegacyImage(body.image));
  }
  const wantsFallback = options.autoReference && references.length === 0 && sourceVideo === undefined;
  const fallback = wantsFallback ? findShownPictures(body.messages, shownPictures) : [];
  return {
    generation: {
      model: body.model,
      prompt,
      options: decodeModelOptions(body),
      references,
      ...(fallback.length === 0 ? {} : { fallbackReferences: fallback }),
      ...(sourceVideo === undefined ? {} : { sourceVideo }),
    },
    ...describeChat(body),
    wantsImages: asksForPictures(body),
  };
}

/** How an answer is to be sent. */
export const describeChat = (body: ChatRequest) => ({
  stream: body.stream === true,
  includeUsage: body.stream_options?.include_usage === true,
});

/** What every chunk of one answer has in common. `created` is in seconds since the epoch. */
export type ChatHead = { id: string; created: number; model: string };

/** How a result is told. */
export type ChatStyle = {
  /** What addresses begin with. */
  origin: string;
  videoMarkup: 'html' | 'link' | 'both';
  kind: MediaKind;
  jobId: string;
  prompt: string;
  includeUsage: boolean;
  /** Present where the client wants pictures in `images`: the address to put there, best a `data:` one. */
  imageAddress?: (item: MediaItem) => Promise<string>;
  /** Set where the result was not made from the picture that the conversation ends with. */
  lostPicture?: LostPicture;
};

/** A picture of an answer, as OpenRouter has it. */
type AnswerImage = { type: 'image_url'; image_url: { url: string }; index: number };

type Delta = {
  role?: 'assistant';
  content?: string;
  reasoning_content?: string;
  images?: AnswerImage[];
};

/** One chunk, an error, or the end mark, in the order they are sent. */
export type ChatPayload = object | '[DONE]';

const encodeChunk = (head: ChatHead, delta: Delta, finishReason: 'stop' | null = null) => ({
  id: head.id,
  object: 'chat.completion.chunk',
  created: head.created,
  model: head.model,
  choices: [{ index: 0, delta, finish_reason: finishReason }],
});

/**
 * The stream of one answer: role, progress as `reasoning_content`, the result as `content`, the end. One kind of text a
 * chunk, because two chat UIs drop the content of a chunk that also carries reasoning.
 */
export async function* encodeChatStream(
  events: AsyncIterable<GenerationEvent>,
  head: ChatHead,
  style: ChatStyle,
): AsyncGenerator<ChatPayload> {
  const progressText = makeProgressText(style.kind);
  yield encodeChunk(head, { role: 'assistant', content: '' });
  yield encodeChunk(head, { reasoning_content: `Job ${style.jobId} accepted.\n` });
  const { lostPicture } = style;
  if (lostPicture !== undefined) yield encodeChunk(head, { reasoning_content: `${tellLost(lostPicture)}\n` });
  for await (const event of events) {
    const line = progressText(event);
    if (line !== undefined) yield encodeChunk(head, { reasoning_content: `${line}\n` });
    switch (event.type) {
      case 'completed':
        yield* encodeResult(head, style, resultsOf(event.media));
        return;
      case 'failed':
      case 'cancelled':
        yield* encodeFailure(head, describeFailure(event, style));
        return;
    }
  }
  throw endedEarly(style);
}

/** Reached when the client has left, and then nobody hears it. */
const endedEarly = ({ jobId }: ChatStyle) =>
  new GatewayError(
    'internal_error',
    `The gateway lost sight of job ${jobId}; ask for it at GET /v1/jobs/${jobId}.`,
  );

async function* encodeResult(
  head: ChatHead,
  style: ChatStyle,
  media: readonly MediaItem[],
): AsyncGenerator<ChatPayload> {
  const pieces = tellResult(media, style);
  for (const content of pieces) yield encodeChunk(head, { content });
  // In chunks of their own: one chat UI drops the content of a chunk that has images.
  for await (const image of encodeImages(media, style)) yield encodeChunk(head, { images: [image] });
  yield* encodeEnd(head, style, pieces.join(''));
}

function* encodeEnd(
  head: ChatHead,
  { prompt, includeUsage }: Pick<ChatStyle, 'prompt' | 'includeUsage'>,
  content: string,
): Generator<ChatPayload> {
  yield encodeChunk(head, {}, 'stop');
  if (includeUsage) {
    const { id, created, model } = head;
    const usage = countUsage(prompt, content);
    yield { id, object: 'chat.completion.chunk', created, model, choices: [], usage };
  }
  yield '[DONE]';
}

/** The stream of an answer that is text and was not generated. `prompt` is for the usage. */
export async function* encodeTextStream(
  head: ChatHead,
  text: string,
  { prompt, includeUsage }: Pick<ChatStyle, 'prompt' | 'includeUsage'>,
): AsyncGenerator<ChatPayload> {
  yield encodeChunk(head, { role: 'assistant', content: '' });
  yield encodeChunk(head, { content: text });
  yield* encodeEnd(head, { prompt, includeUsage }, text);
}

/** The same in one piece. */
export const encodeTextCompletion = (head: ChatHead, text: string, prompt: string) =>
  encodeCompletion(head, { prompt }, text, 'stop');

type Failure = { text: string; error: WireError; code: ErrorCode };

/** The message stands in `content` as well: some UIs drop an error in mid-stream and would show nothing. */
function* encodeFailure(head: ChatHead, { text, error }: Failure): Generator<ChatPayload> {
  yield encodeChunk(head, { content: text });
  yield error.body;
  yield '[DONE]';
}

/** The frames for an error after the stream has begun. `accepted`: whether the job exists by then. */
export const encodeLateFailure = (
  head: ChatHead,
  thrown: unknown,
  { accepted }: { accepted: boolean },
): Generator<ChatPayload> => {
  const error = encodeError(thrown, { accepted });
  return encodeFailure(head, { text: failureText(error.body.error.message), error, code: 'internal_error' });
};

/** A heartbeat that chat UIs show as progress; a comment line would break readers that parse every line. */
export const encodeHeartbeat = (head: ChatHead, elapsedMs: number): ChatPayload =>
  encodeChunk(head, { reasoning_content: `Still waiting, ${spell(elapsedMs / 1_000)} elapsed.\n` });

/** An answer in one piece: what to send while the status can still be chosen, and what to say with a late 200 instead. */
export type ChatAnswer = { status: number; headers: Record<string, string>; body: unknown; late: unknown };

/** Waits for the end of the job and answers once. Throws `internal_error` when the events end before the job does. */
export async function encodeChatCompletion(
  events: AsyncIterable<GenerationEvent>,
  head: ChatHead,
  style: ChatStyle,
): Promise<ChatAnswer> {
  for await (const event of events) {
    switch (event.type) {
      case 'completed': {
        const media = resultsOf(event.media);
        const images: AnswerImage[] = [];
        for await (const image of encodeImages(media, style)) images.push(image);
        const text = tellResult(media, style).join('');
        const told = event.note === undefined ? style : { ...style, note: event.note };
        const body = encodeCompletion(head, told, text, 'stop', images);
        return { status: 200, headers: {}, body, late: body };
      }
      case 'failed':
      case 'cancelled':
        return answerFailure(head, style, describeFailure(event, style));
    }
  }
  throw endedEarly(style);
}

const answerFailure = (head: ChatHead, style: ChatStyle, { error, text, code }: Failure): ChatAnswer => ({
  ...error,
  late: encodeCompletion(head, style, text, code === 'content_refused' ? 'content_filter' : 'stop'),
});

/** What a blocking answer says of an error once 200 has gone out. */
export const encodeLateCompletion = (
  head: ChatHead,
  style: Pick<ChatStyle, 'prompt' | 'lostPicture'>,
  thrown: unknown,
) =>
  encodeCompletion(
    head,
    style,
    failureText(encodeError(thrown, { accepted: true }).body.error.message),
    'stop',
  );

/** What of the request was done otherwise than wished. */
function tellNotes({ lostPicture, note }: Pick<ChatStyle, 'lostPicture'> & { note?: string }) {
  const lost = lostPicture === undefined ? [] : [tellLost(lostPicture)];
  const lines = note === undefined ? lost : [...lost, note];
  return lines.length === 0 ? {} : { reasoning_content: lines.join('\n') };
}

const encodeCompletion = (
  head: ChatHead,
  style: Pick<ChatStyle, 'prompt' | 'lostPicture'> & { note?: string },
  content: string,
  finishReason: 'stop' | 'content_filter',
  images: readonly AnswerImage[] = [],
) => ({
  id: head.id,
  object: 'chat.completion',
  created: head.created,
  model: head.model,
  choices: [
    {
      index: 0,
      message: {
        role: 'assistant',
        content,
        refusal: null,
        ...tellNotes(style),
        ...(images.length === 0 ? {} : { images }),
      },
      logprobs: null,
      finish_reason: finishReason,
    },
  ],
  usage: countUsage(style.prompt, content),
});

function describeFailure(
  event: Extract<GenerationEvent, { type: 'failed' | 'cancelled' }>,
  style: ChatStyle,
): Failure {
  const { error, message, code, made } = describeJobFailure(event, style.origin);
  const markup = markUp(made, style).join('');
  const text = failureText(message);
  return { text: markup === '' ? text : `${text}\n\nMade before the failure:\n\n${markup}`, error, code };
}

/** Without what was only the base of an upscale. */
const resultsOf = (media: readonly MediaItem[]) => media.filter(({ role }) => role === 'result');

const failureText = (message: string) => `Generation failed: ${message}`;

const goesToImages = (item: MediaItem, { imageAddress }: ChatStyle) =>
  imageAddress !== undefined && item.kind === 'image';

/** The text of a result: short where the pictures go beside it, because a UI that reads both would show them twice. */
function tellResult(media: readonly MediaItem[], style: ChatStyle): string[] {
  const beside = media.filter((item) => goesToImages(item, style)).length;
  const pieces = markUp(
    media.filter((item) => !goesToImages(item, style)),
    style,
  );
  if (beside === 0) return pieces;
  return [beside === 1 ? 'Here is the picture.' : `Here are ${beside} pictures.`, ...pieces];
}

async function* encodeImages(media: readonly MediaItem[], style: ChatStyle): AsyncGenerator<AnswerImage> {
  const { imageAddress } = style;
  if (imageAddress === undefined) return;
  for (const [index, item] of media.filter(({ kind }) => kind === 'image').entries()) {
    yield { type: 'image_url', image_url: { url: await imageAddress(item) }, index };
  }
}

/** One piece of text for each file; each whole, because a UI looks for the markup within one chunk. */
export const markUp = (
  media: readonly MediaItem[],
  style: Pick<ChatStyle, 'origin' | 'videoMarkup'>,
): string[] =>
  media.map((item, index) => {
    const address = escapeAddress(addressOf(item, style.origin));
    return `${index === 0 ? '' : '\n\n'}${item.kind === 'image' ? `![Generated Image](${address})` : markUpVideo(address, style.videoMarkup)}`;
  });

function markUpVideo(address: string, markup: ChatStyle['videoMarkup']): string {
  const html = `<video src='${address}' controls style='max-width:100%'></video>`;
  const link = `[video](${address})`;
  return { html, link, both: `${html}\n\n${link}` }[markup];
}

/** Keeps an address from ending the markup around it. Ours have nothing to escape; those of upstream may. */
const escapeAddress = (address: string): string =>
  address.replace(
    /[\s"'<>()\\`]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );

/**
 * Numbers for clients that insist on some: one token for each four characters begun, of the prompt and of the answer's
 * text. No model counted them; what a generation costs is in the job's credits.
 */
function countUsage(prompt: string, content: string) {
  const promptTokens = Math.ceil(prompt.length / 4);
  const completionTokens = Math.ceil(content.length / 4);
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
  };
}
