import { z } from 'zod';
import { type ErrorCode, fromStoredError, GatewayError } from '../errors';
import {
  type GenerationEvent,
  type GenerationRequest,
  longestPrompt,
  type MediaItem,
} from '../generation/types';
import type { MediaKind, ModelOptions } from '../models/types';
import {
  decodeContents,
  decodeInstruction,
  type Fields,
  isFields,
  memberOf,
  objectIn,
  refuse,
} from './contents';
import { cancelledError, encodeError, type WireError } from './error';

/** The body of `:generateContent` and `:streamGenerateContent`; what means nothing here is ignored. */
export const generateContentRequest = z.looseObject({});

/** What a request asks of the domain, and how it wants the answer. */
export type DecodedContent = {
  /** One for each candidate; they differ in their seed only, where the request brought one. */
  generations: [GenerationRequest, ...GenerationRequest[]];
  /** Whether progress may be told as thoughts (`thinkingConfig.includeThoughts`). */
  wantsThoughts: boolean;
};

const mostCandidates = 8; // as Google has it
const shownPictures = 3; // how far back a conversation is searched for a picture to go on from
const largestSeed = 2_147_483_647;

/**
 * The request in words of the domain. `kind` is what the model makes, where the model is known. Throws `invalid_request`
 * with the field at fault.
 */
export function decodeGenerateContent(
  model: string,
  body: Fields,
  { autoReference, kind }: { autoReference: boolean; kind: MediaKind | undefined },
): DecodedContent {
  const conversation = decodeContents(body.contents);
  const config = objectIn(body, 'generationConfig');
  const places = config === undefined ? [] : placesIn(config);
  const instruction = decodeInstruction(body);
  const prompt = joinPrompt(instruction, conversation.prompt);
  const { references, shown, sourceVideo } = conversation;
  const wantsShown =
    autoReference && references.length === 0 && sourceVideo === undefined && shown.length > 0;
  const options = decodeOptions(places, sourceVideo?.param);
  checkModalities(places, model, kind);
  const seed = decodeSeed(places);
  const count = decodeCount(places);
  const make = (index: number): GenerationRequest => ({
    model,
    prompt,
    options,
    references,
    ...(wantsShown ? { fallbackReferences } : {}),
    ...(sourceVideo === undefined ? {} : { sourceVideo: sourceVideo.source }),
    ...(seed === undefined ? {} : { seed: (seed + index) % largestSeed }),
  });
  const fallbackReferences = shown.slice(0, shownPictures);
  const others = Array.from({ length: count - 1 }, (_, index) => make(index + 1));
  return { generations: [make(0), ...others], wantsThoughts: decodeThoughts(config) };
}

function joinPrompt(instruction: string | undefined, text: string): string {
  const prompt = instruction === undefined ? text : `${instruction}\n\n${text}`;
  if (prompt.length <= longestPrompt) return prompt;
  const [found, most] = [prompt.length, longestPrompt].map((length) => length.toLocaleString('en'));
  throw refuse('contents', `makes a prompt of ${found} characters; use at most ${most}`);
}

type Place = { param: string; value: Fields };

/** Where options stand, the most specific place first. */
function placesIn(config: Place): Place[] {
  const inner = ['imageConfig', 'videoConfig'].flatMap((name) => {
    const found = objectIn(config.value, name, `${config.param}.`);
    return found === undefined ? [] : [found];
  });
  return [...inner, config];
}

/** The first of these members that was sent, with its whole name. */
function find(places: readonly Place[], ...names: string[]): { param: string; value: unknown } | undefined {
  for (const place of places) {
    for (const wanted of names) {
      const { name, value } = memberOf(place.value, wanted);
      if (value !== undefined && value !== '') return { param: `${place.param}.${name}`, value };
    }
  }
  return undefined;
}

function textOf(sent: { param: string; value: unknown } | undefined, example: string) {
  if (sent === undefined) return undefined;
  const { param, value } = sent;
  if (typeof value === 'string') return { param, text: value.trim() };
  throw refuse(param, `must be text such as "${example}"`);
}

/** Whole numbers may be text, as in every JSON of Google. */
function parseWhole(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^\s*-?\d{1,15}\s*$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) ? number : undefined;
}

function decodeOptions(places: readonly Place[], videoParam: string | undefined): ModelOptions {
  const aspectRatio = textOf(find(places, 'aspectRatio'), '16:9');
  const resolution = textOf(find(places, 'imageSize', 'resolution'), '2K');
  const length = find(places, 'durationSeconds');
  const seconds = parseWhole(length?.value);
  if (length !== undefined && seconds === undefined) throw refuse(length.param, 'must be a number such as 8');
  const names = {
    ...(aspectRatio === undefined ? {} : { aspectRatio: aspectRatio.param }),
    ...(resolution === undefined ? {} : { resolution: resolution.param }),
    ...(length === undefined ? {} : { seconds: length.param }),
    ...(videoParam === undefined ? {} : { sourceVideo: videoParam }),
  };
  return {
    ...(aspectRatio === undefined ? {} : { aspectRatio: aspectRatio.text }),
    ...(resolution === undefined ? {} : { resolution: resolution.text }),
    ...(seconds === undefined ? {} : { seconds }),
    ...(Object.keys(names).length === 0 ? {} : { names }),
  };
}

/** What a model does not make is better refused than something else made and paid that nobody looks for. */
function checkModalities(places: readonly Place[], model: string, kind: MediaKind | undefined): void {
  const sent = find(places, 'responseModalities');
  if (sent === undefined) return;
  const { param, value } = sent;
  if (!Array.isArray(value) || value.some((one) => typeof one !== 'string')) {
    throw refuse(param, 'must be a list such as ["TEXT", "IMAGE"]');
  }
  if (value.length === 0) return;
  const asked = value.map((one) => String(one).trim().toUpperCase());
  if (!asked.includes('IMAGE') && !asked.includes('VIDEO')) {
    throw refuse(param, 'asks for neither IMAGE nor VIDEO, and nothing else is made here');
  }
  if (kind === undefined || asked.includes(kind.toUpperCase())) return;
  const other = kind === 'image' ? 'video' : 'image';
  throw refuse(
    param,
    `asks for ${other.toUpperCase()}, and ${model.slice(0, 100)} makes ${nouns[kind]}: send ["${kind.toUpperCase()}"], or take a model that makes ${nouns[other]}`,
  );
}

const nouns = { image: 'pictures', video: 'videos' } as const satisfies Record<MediaKind, string>;

function decodeCount(places: readonly Place[]): number {
  const sent = find(places, 'candidateCount');
  if (sent === undefined) return 1;
  const count = parseWhole(sent.value);
  if (count !== undefined && count >= 1 && count <= mostCandidates) return count;
  throw refuse(sent.param, `must be a whole number from 1 to ${mostCandidates}`);
}

/** A seed that upstream cannot take is as good as none: nobody is promised the same picture again. */
function decodeSeed(places: readonly Place[]): number | undefined {
  const sent = find(places, 'seed');
  if (sent === undefined) return undefined;
  const seed = parseWhole(sent.value);
  if (seed === undefined) throw refuse(sent.param, 'must be a whole number');
  return seed >= 0 && seed < largestSeed ? seed : undefined;
}

function decodeThoughts(config: Place | undefined): boolean {
  const thinking = config === undefined ? undefined : memberOf(config.value, 'thinkingConfig').value;
  return isFields(thinking) && memberOf(thinking, 'includeThoughts').value === true;
}

/** How one of the jobs of a request ended. */
type End = Extract<GenerationEvent, { type: 'completed' | 'failed' | 'cancelled' }>;

/** Why a job brought nothing: the error for its client, and our code for the log. */
export type Failure = { error: WireError; code: ErrorCode; message: string };

/** The end of one candidate. */
export type Candidate =
  | { type: 'media'; items: MediaItem[] }
  /** Refused for its content: an answer of this surface, no error. */
  | { type: 'refused'; failure: Failure; accepted: boolean; kind: MediaKind; reason: string | undefined }
  | { type: 'failed'; failure: Failure };

/** `origin` is what the addresses that we hand out begin with; `kind` is what was asked for. */
export function toCandidate(end: End, { origin, kind }: { origin: string; kind: MediaKind }): Candidate {
  if (end.type === 'cancelled') {
    const error = encodeError(cancelledError(), { accepted: true });
    return { type: 'failed', failure: { error, code: 'cancelled', message: error.body.error.message } };
  }
  if (end.type === 'completed') {
    const items = end.media.filter(({ role }) => role === 'result');
    if (items.length > 0) return { type: 'media', items };
    return {
      type: 'failed',
      failure: toFailure(new GatewayError('upstream_failed', 'The job ended without a result.')),
    };
  }
  const { code, message, details } = end.error;
  const error = encodeError(fromStoredError(end.error), end);
  const failure = { error: withAddresses(error, end.media, origin), code, message };
  if (code !== 'content_refused') return { type: 'failed', failure };
  const reason = typeof details?.reason === 'string' ? details.reason : undefined;
  return { type: 'refused', failure, accepted: end.accepted, kind, reason };
}

function toFailure(thrown: GatewayError): Failure {
  return { error: encodeError(thrown, { accepted: true }), code: thrown.code, message: thrown.message };
}

/** What was made before an upscale failed is paid for, so the error says where it is. */
function withAddresses(error: WireError, media: readonly MediaItem[], origin: string): WireError {
  if (media.length === 0) return error;
  const addresses = media.map((item) => addressOf(item, origin)).join(' ');
  const message = `${error.body.error.message} Made before the failure: ${addresses}`;
  return { ...error, body: { error: { ...error.body.error, message } } };
}

/** The absolute address of a finished file. */
export const addressOf = ({ location }: Pick<MediaItem, 'location'>, origin: string): string =>
  location.type === 'url' ? location.url : `${origin}${location.path}`;

/**
 * The error of a request of which no candidate is an answer; `undefined` where one is. Of several it is one that no
 * client repeats by itself, where there is one, since that job may have cost something.
 */
export function failureOf(candidates: readonly Candidate[]): Failure | undefined {
  const failures = candidates.flatMap((one) => (one.type === 'failed' ? [one.failure] : []));
  if (failures.length < candidates.length) return undefined;
  return (
    failures.find(({ error }) => error.status < 429 || error.headers['x-should-retry'] === 'false') ??
    failures[0]
  );
}

/** What every object of one answer has in common. */
export type ContentHead = { responseId: string; modelVersion: string };

/** What of a request is counted. */
export type ContentCost = { prompt: string; inputPictures: number };

// What Google's price list counts for a picture that goes in and one that comes out (Gemini API, pricing, 2026).
const inputPictureTokens = 258;
const outputPictureTokens = 1_290;

const modality = (name: 'TEXT' | 'IMAGE', tokenCount: number) =>
  tokenCount === 0 ? [] : [{ modality: name, tokenCount }];

/** What a token of text is taken for. No model counts them. */
export const charactersPerToken = 4;

/** Numbers for clients that add some up. */
export function countTokens({ prompt, inputPictures }: ContentCost, outputPictures: number) {
  const text = Math.ceil(prompt.length / charactersPerToken);
  const pictures = inputPictures * inputPictureTokens;
  const output = outputPictures * outputPictureTokens;
  return {
    promptTokenCount: text + pictures,
    candidatesTokenCount: output,
    totalTokenCount: text + pictures + output,
    promptTokensDetails: [...modality('TEXT', text), ...modality('IMAGE', pictures)],
    candidatesTokensDetails: modality('IMAGE', output),
  };
}

/** Text, or a finished file: its address, or its bytes as base64 in pieces, made when they are sent. */
export type AnswerPart =
  | { text: string }
  | { fileData: { mimeType: string; fileUri: string } }
  | { open: () => Promise<{ mimeType: string; base64: AsyncIterable<string> | Iterable<string> }> };

/** One object of an answer. `index` counts the candidates of the request. */
export type AnswerObject = {
  candidates: { index: number; candidate: Candidate; parts: AnswerPart[] }[];
  /** Whether these are all candidates of the request. */
  isAll: boolean;
  /** Absent while more is to come. */
  cost?: ContentCost;
};

/** The JSON of one object in pieces, so that never more than a part of one picture is in memory twice. */
export async function* encodeContent(
  { candidates, isAll, cost }: AnswerObject,
  head: ContentHead,
): AsyncGenerator<string> {
  yield '{';
  const feedback = isAll ? promptFeedback(candidates.map(({ candidate }) => candidate)) : undefined;
  if (feedback === undefined) {
    yield '"candidates":[';
    for (const [at, one] of candidates.entries()) {
      if (at > 0) yield ',';
      yield* encodeCandidate(one);
    }
    yield '],';
  } else yield `"promptFeedback":${JSON.stringify(feedback)},`;
  const pictures = candidates
    .flatMap(({ candidate }) => (candidate.type === 'media' ? candidate.items : []))
    .filter(({ kind }) => kind === 'image').length;
  const usage = cost === undefined ? {} : { usageMetadata: countTokens(cost, pictures) };
  const { modelVersion, responseId } = head;
  yield JSON.stringify({ ...usage, modelVersion, responseId }).slice(1);
}

const safetyReasons = { image: 'IMAGE_SAFETY', video: 'SAFETY' } as const satisfies Record<MediaKind, string>;

async function* encodeCandidate({ index, candidate, parts }: AnswerObject['candidates'][number]) {
  if (candidate.type !== 'media') {
    const { message } = candidate.failure;
    const finishReason = candidate.type === 'refused' ? safetyReasons[candidate.kind] : 'OTHER';
    yield JSON.stringify({
      content: { role: 'model', parts: [] },
      finishReason,
      finishMessage: message,
      index,
    });
    return;
  }
  yield '{"content":{"role":"model","parts":[';
  for (const [at, part] of parts.entries()) {
    if (at > 0) yield ',';
    if (!('open' in part)) {
      yield JSON.stringify(part);
      continue;
    }
    const { mimeType, base64 } = await part.open();
    yield `{"inlineData":{"mimeType":${JSON.stringify(mimeType)},"data":"`;
    yield* base64; // its alphabet needs no escapes
    yield '"}}';
  }
  yield `]},"finishReason":"STOP","index":${index}}`;
}

/** Set where upstream took nothing at all because of what it was asked: then there are no candidates. */
function promptFeedback(candidates: readonly Candidate[]) {
  const [first] = candidates;
  if (first?.type !== 'refused') return undefined;
  if (candidates.some((one) => one.type !== 'refused' || one.accepted)) return undefined;
  const { message } = first.failure;
  return { blockReason: blockReasonOf(first.reason), blockReasonMessage: message, safetyRatings: [] };
}

function blockReasonOf(reason = '') {
  if (/MINOR|PROMINENT_PEOPLE|IP_INPUT/.test(reason)) return 'PROHIBITED_CONTENT';
  return /IMAGE/.test(reason) ? 'IMAGE_SAFETY' : 'SAFETY';
}

/** Progress as a thought, for clients that asked for thoughts. */
export const encodeThought = (text: string, head: ContentHead): object => ({
  candidates: [{ content: { role: 'model', parts: [{ text, thought: true }] }, index: 0 }],
  modelVersion: head.modelVersion,
  responseId: head.responseId,
});

/** What is told of a job on its way; `undefined` for an event without news. */
export function spellProgress(event: GenerationEvent): string | undefined {
  switch (event.type) {
    case 'queued':
      return `Waiting in the queue: position ${event.position}.\n`;
    case 'progress': {
      const percent =
        event.percent === undefined
          ? ''
          : `${event.estimated === true ? 'about ' : ''}${Math.floor(event.percent)} %, `;
      return `Generating: ${percent}${event.elapsedSeconds} s elapsed.\n`;
    }
    default:
      return undefined;
  }
}
