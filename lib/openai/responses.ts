import { z } from 'zod';
import { GatewayError } from '../errors';
import {
  type GenerationEvent,
  type GenerationRequest,
  type LostPicture,
  type MediaItem,
  type ReferenceInput,
  tellLost,
} from '../generation/types';
import { type ChatStyle, markUp } from './chat';
import { type ChatMessage, decodePrompt, findShownPictures } from './chat-messages';
import { encodeError, type WireError } from './error';
import { countImageUsage, decodeFormat, type PictureStyle } from './images';
import { describeJobFailure } from './job-failure';
import { decodeModelOptions } from './model-options';

type Fields = Record<string, unknown>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * The body of `POST /v1/responses`, as far as it means something here; whatever else clients send is ignored. Nothing is
 * kept between requests, so what builds on an earlier response is refused rather than passed over.
 */
export const responsesRequest = z.looseObject({
  model: z.string().min(1),
  input: z.union([z.string(), z.array(z.unknown())], { error: 'must be text or a list of items' }),
  instructions: z.unknown().optional(),
  stream: z.boolean().nullish(),
  tools: z.array(z.unknown()).nullish(),
  background: z.boolean().nullish(),
  previous_response_id: z.unknown().optional(),
  conversation: z.unknown().optional(),
  metadata: z.unknown().optional(),
});

export type ResponsesRequest = z.infer<typeof responsesRequest>;

/** What a request asks of the domain, and how it wants the answer. */
export type DecodedResponse = {
  generation: GenerationRequest;
  stream: boolean;
  /** Set where the request brought the tool `image_generation`: pictures are then given as its result. */
  tool?: { style: Pick<PictureStyle, 'format' | 'compression'>; echo: Fields };
  metadata: Record<string, string>;
};

/** A picture of an earlier answer by the id of its item: the item's place and the picture of it, where it has one. */
export type NamedPicture = { at: number; picture?: ReferenceInput };

/** How far back a conversation is searched for a picture to go on from. */
const shownPictures = 3;

const unsupported = (param: string, problem: string) =>
  new GatewayError('invalid_request', `"${param}" ${problem}.`, { param, wireCode: 'unsupported_parameter' });

/** The request in words of the domain. Throws `invalid_request` with the field at fault. */
export function decodeResponses(
  body: ResponsesRequest,
  options: { autoReference: boolean; named?: readonly NamedPicture[] },
): DecodedResponse {
  for (const name of ['previous_response_id', 'conversation'] as const) {
    if (body[name] === null || body[name] === undefined || body[name] === '') continue;
    throw unsupported(
      name,
      'cannot be used: nothing is kept here between requests. Send the conversation in "input"',
    );
  }
  if (body.background === true) {
    throw unsupported('background', 'cannot be used. Send the header "Prefer: respond-async" instead');
  }
  const tool = body.tools?.find((one) => isFields(one) && one.type === 'image_generation');
  const settings = isFields(tool) ? tool : {};
  if (settings.input_image_mask !== undefined && settings.input_image_mask !== null) {
    throw unsupported('tools', 'holds an "input_image_mask", and no model here paints inside a mask');
  }
  const { prompt, references, sourceVideo } = decodePrompt(readMessages(body.input), 'input');
  const wantsFallback = options.autoReference && references.length === 0 && sourceVideo === undefined;
  const fallback =
    wantsFallback && Array.isArray(body.input) ? findEarlierPictures(body.input, options.named ?? []) : [];
  const { model: _ofTool, ...ofTool } = settings;
  return {
    generation: {
      model: body.model,
      prompt,
      options: decodeModelOptions({ ...body, ...ofTool }),
      references,
      ...(fallback.length === 0 ? {} : { fallbackReferences: fallback }),
      ...(sourceVideo === undefined ? {} : { sourceVideo }),
    },
    stream: body.stream === true,
    ...(isFields(tool) ? { tool: { style: decodeFormat(tool), echo: tool } } : {}),
    metadata: readMetadata(body.metadata),
  };
}

/** The conversation as chat messages, each at the place of its item. */
export function readMessages(input: ResponsesRequest['input'], instructions?: unknown): ChatMessage[] {
  const items = typeof input === 'string' ? [{ role: 'user', content: input }] : input;
  const messages = items.map((item): ChatMessage => {
    const isMessage =
      isFields(item) && (item.type ?? 'message') === 'message' && typeof item.role === 'string';
    return isMessage ? { role: String(item.role), content: item.content } : { role: 'item' };
  });
  return typeof instructions === 'string'
    ? [{ role: 'system', content: instructions }, ...messages]
    : messages;
}

/** An item of an answer that the client names instead of sending it: of which job, and which of its pictures. */
export type NamedItem = {
  at: number;
  id: string;
  /** Absent: the id is none that we give. */
  jobId?: string;
  /** Absent: the last one. */
  picture?: number;
};

/** How many items of a conversation are looked up by their ids, from the newest on. */
const mostNamed = 10;

/** The items that clients name where they think that the conversation is kept here, newest first. */
export function findNamedItems(input: ResponsesRequest['input']): NamedItem[] {
  if (typeof input === 'string') return [];
  return input
    .flatMap((item, at): NamedItem[] => {
      if (!isFields(item) || typeof item.id !== 'string') return [];
      const isPicture = item.type === 'image_generation_call' && !hasResult(item);
      if (!isPicture && item.type !== 'item_reference') return [];
      const [, kind, job, place] = /^(msg|ig)_([a-z0-9]{26})(?:_(\d{1,2}))?$/.exec(item.id) ?? [];
      if (job === undefined) return [{ at, id: item.id }];
      return [
        {
          at,
          id: item.id,
          jobId: `job_${job}`,
          ...(kind === 'ig' ? { picture: Number(place ?? 0) } : {}),
        },
      ];
    })
    .toReversed()
    .slice(0, mostNamed);
}

const hasResult = (item: Fields): item is Fields & { result: string } =>
  typeof item.result === 'string' && item.result !== '';

/** Results of the picture tool and pictures in the text of earlier answers, newest first. */
function findEarlierPictures(input: readonly unknown[], named: readonly NamedPicture[]): ReferenceInput[] {
  return input
    .map((item, at) => ({ item, at }))
    .toReversed()
    .flatMap(({ item, at }): ReferenceInput[] => {
      if (!isFields(item)) return [];
      const byName = named.find((one) => one.at === at);
      if (byName !== undefined) return byName.picture === undefined ? [] : [byName.picture];
      if (item.type === 'image_generation_call' && hasResult(item)) {
        return [{ type: 'url', url: `data:image/png;base64,${item.result}` }]; // what it is, its bytes tell
      }
      return findShownPictures(readMessages([item]), 1);
    })
    .slice(0, shownPictures);
}

const readMetadata = (value: unknown): Record<string, string> =>
  isFields(value)
    ? Object.fromEntries(
        Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
      )
    : {};

/** What every form of one answer has in common. `createdAt` is in seconds since the epoch. */
export type ResponseHead = {
  /** Without the prefix of its kind; the parts of the answer have it too. */
  id: string;
  createdAt: number;
  model: string;
  prompt: string;
  inputPictures: number;
  metadata: Record<string, string>;
  tools: readonly Fields[];
};

/** How a result is told. */
export type ResponseStyle = Pick<ChatStyle, 'origin' | 'videoMarkup'> & {
  /** Present where pictures are given as the result of the tool: their bytes in base64. */
  pictureText?: (item: MediaItem) => Promise<string>;
  /** Set where the result was not made from the picture that the conversation ends with. */
  lostPicture?: LostPicture;
};

type Status = 'in_progress' | 'completed' | 'failed';
type OutputItem = { id: string; type: string; status: string } & Fields;

const encodeResponse = (
  head: ResponseHead,
  status: Status,
  more: { output?: readonly OutputItem[]; usage?: object; error?: WireError; endedAt?: Date } = {},
) => ({
  id: `resp_${head.id}`,
  object: 'response',
  created_at: head.createdAt,
  completed_at: more.endedAt === undefined ? null : Math.floor(more.endedAt.getTime() / 1_000),
  status,
  background: false,
  error:
    more.error === undefined
      ? null
      : { code: more.error.body.error.code ?? 'server_error', message: more.error.body.error.message },
  incomplete_details: null,
  instructions: null,
  max_output_tokens: null,
  max_tool_calls: null,
  model: head.model,
  output: more.output ?? [],
  parallel_tool_calls: true,
  previous_response_id: null,
  reasoning: { effort: null, summary: null },
  service_tier: 'default',
  store: false,
  temperature: 1,
  text: { format: { type: 'text' } },
  tool_choice: 'auto',
  tools: head.tools,
  top_p: 1,
  truncation: 'disabled',
  usage: more.usage ?? null,
  user: null,
  metadata: head.metadata,
});

const textPart = (text: string) => ({ type: 'output_text', text, annotations: [], logprobs: [] });

const messageItem = (head: ResponseHead, text?: string): OutputItem => ({
  id: `msg_${head.id}`,
  type: 'message',
  status: text === undefined ? 'in_progress' : 'completed',
  role: 'assistant',
  content: text === undefined ? [] : [textPart(text)],
});

const pictureItem = (head: ResponseHead, index: number, result?: string): OutputItem => ({
  id: `ig_${head.id}${index === 0 ? '' : `_${index}`}`,
  type: 'image_generation_call',
  status: result === undefined ? 'in_progress' : 'completed',
  result: result ?? null,
});

const encodeUsage = (inputTokens: number, outputTokens: number) => ({
  input_tokens: inputTokens,
  input_tokens_details: { cached_tokens: 0 },
  output_tokens: outputTokens,
  output_tokens_details: { reasoning_tokens: 0 },
  total_tokens: inputTokens + outputTokens,
});

function countUsage(head: ResponseHead, { text = '', pictures = 0 }: { text?: string; pictures?: number }) {
  const counted = countImageUsage(head, pictures);
  return encodeUsage(counted.input_tokens, counted.output_tokens + Math.ceil(text.length / 4));
}

/** The answer for text that was not generated. */
export const encodeTextResponse = (
  head: ResponseHead,
  text: string,
  endedAt = new Date(head.createdAt * 1_000),
) =>
  encodeResponse(head, 'completed', {
    endedAt,
    output: [messageItem(head, text)],
    usage: countUsage(head, { text }),
  });

/** Waits for the end of the job and answers once. Throws `internal_error` when the events end before the job does. */
export async function encodeResponseAnswer(
  events: AsyncIterable<GenerationEvent>,
  head: ResponseHead,
  style: ResponseStyle,
): Promise<{ status: number; headers: Record<string, string>; body: unknown; late: unknown }> {
  for await (const event of events) {
    switch (event.type) {
      case 'completed': {
        const body = await encodeResult(head, style, event);
        return { status: 200, headers: {}, body, late: body };
      }
      case 'failed':
      case 'cancelled': {
        const { error } = describeJobFailure(event, style.origin);
        return { ...error, late: encodeResponse(head, 'failed', { error }) };
      }
    }
  }
  throw endedEarly();
}

/** What a blocking answer says of a failure of the gateway itself once 200 has gone out. */
export const encodeLateResponse = (head: ResponseHead, thrown: unknown) =>
  encodeResponse(head, 'failed', { error: encodeError(thrown, { accepted: true }) });

const endedEarly = () => new GatewayError('internal_error', 'The gateway lost sight of the job.');

async function encodeResult(
  head: ResponseHead,
  style: ResponseStyle,
  { media, endedAt }: Extract<GenerationEvent, { type: 'completed' }>,
) {
  const results = media.filter(({ role }) => role === 'result');
  const note = noteOf(style);
  if (style.pictureText === undefined) {
    const text = markUp(results, style).join('');
    return encodeTextResponse(head, note === undefined ? text : `${note}\n\n${text}`, endedAt);
  }
  const output = note === undefined ? [] : [messageItem(head, note)];
  for (const [index, item] of results.entries()) {
    output.push(pictureItem(head, index, await style.pictureText(item)));
  }
  const usage = countUsage(head, { text: note ?? '', pictures: results.length });
  return encodeResponse(head, 'completed', { output, usage, ...(endedAt === undefined ? {} : { endedAt }) });
}

const noteOf = ({ lostPicture }: ResponseStyle): string | undefined =>
  lostPicture === undefined ? undefined : tellLost(lostPicture);

/** One event of a stream before it has its number. */
type StreamEvent = { type: string } & Fields;

/** The stream of one answer: numbered events, the last one with the whole response. */
export async function* encodeResponseStream(
  events: AsyncIterable<GenerationEvent>,
  head: ResponseHead,
  style: ResponseStyle,
): AsyncGenerator<StreamEvent & { sequence_number: number }> {
  let number = 0;
  for await (const event of encodeEvents(events, head, style)) yield { ...event, sequence_number: number++ };
}

/** The same for text that was not generated. */
export async function* encodeTextResponseStream(head: ResponseHead, text: string) {
  const response = encodeTextResponse(head, text);
  const all = [...encodeOpening(head), ...openMessage(head), ...encodeMessage(head, text)];
  for (const [index, event] of [...all, { type: 'response.completed', response }].entries()) {
    yield { ...event, sequence_number: index };
  }
}

/** The last event when the stream itself fails. Its number is beyond all that went before. */
export const encodeLateResponseEvent = (head: ResponseHead, thrown: unknown) => ({
  type: 'response.failed',
  response: encodeLateResponse(head, thrown),
  sequence_number: 1_000_000,
});

function* encodeOpening(head: ResponseHead): Generator<StreamEvent> {
  const response = encodeResponse(head, 'in_progress');
  yield { type: 'response.created', response };
  yield { type: 'response.in_progress', response };
}

async function* encodeEvents(
  events: AsyncIterable<GenerationEvent>,
  head: ResponseHead,
  style: ResponseStyle,
): AsyncGenerator<StreamEvent> {
  yield* encodeOpening(head);
  // Announced before anything can fail: a client that has seen output does not repeat the request by itself.
  const note = style.pictureText === undefined ? undefined : noteOf(style);
  if (note !== undefined) yield* [...openMessage(head), ...encodeMessage(head, note)];
  const before = note === undefined ? 0 : 1; // items of the output that are no pictures
  yield* style.pictureText === undefined ? openMessage(head) : openPicture(head, 0, before);
  for await (const event of events) {
    switch (event.type) {
      case 'completed': {
        const response = await encodeResult(head, style, event);
        if (style.pictureText === undefined) yield* encodeMessage(head, textOf(response));
        else yield* encodePictures(head, response.output.slice(before), before);
        yield { type: 'response.completed', response };
        return;
      }
      case 'failed':
      case 'cancelled': {
        const { error } = describeJobFailure(event, style.origin);
        yield { type: 'response.failed', response: encodeResponse(head, 'failed', { error }) };
        return;
      }
    }
  }
  throw endedEarly();
}

const textOf = ({ output }: { output: readonly OutputItem[] }): string =>
  output
    .flatMap(({ content }) => (Array.isArray(content) ? content.map(({ text }) => String(text)) : []))
    .join('');

function* openMessage(head: ResponseHead): Generator<StreamEvent> {
  const item = messageItem(head);
  yield { type: 'response.output_item.added', output_index: 0, item };
  yield {
    type: 'response.content_part.added',
    item_id: item.id,
    output_index: 0,
    content_index: 0,
    part: textPart(''),
  };
}

function* encodeMessage(head: ResponseHead, text: string): Generator<StreamEvent> {
  const item = messageItem(head, text);
  const place = { item_id: item.id, output_index: 0, content_index: 0 };
  yield { type: 'response.output_text.delta', ...place, delta: text, logprobs: [] };
  yield { type: 'response.output_text.done', ...place, text, logprobs: [] };
  yield { type: 'response.content_part.done', ...place, part: textPart(text) };
  yield { type: 'response.output_item.done', output_index: 0, item };
}

/** `before`: how many items of the output stand before the pictures. */
function* openPicture(head: ResponseHead, index: number, before: number): Generator<StreamEvent> {
  const item = pictureItem(head, index);
  const place = { item_id: item.id, output_index: before + index };
  yield { type: 'response.output_item.added', output_index: before + index, item };
  yield { type: 'response.image_generation_call.in_progress', ...place };
  yield { type: 'response.image_generation_call.generating', ...place };
}

function* encodePictures(
  head: ResponseHead,
  pictures: readonly OutputItem[],
  before: number,
): Generator<StreamEvent> {
  for (const [index, item] of pictures.entries()) {
    if (index > 0) yield* openPicture(head, index, before);
    const output_index = before + index;
    yield { type: 'response.image_generation_call.completed', item_id: item.id, output_index };
    yield { type: 'response.output_item.done', output_index, item };
  }
}
