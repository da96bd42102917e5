import { modelDefaults } from '../api-keys/admit';
import { encodeError } from '../gemini/error';
import {
  type AnswerObject,
  type AnswerPart,
  addressOf,
  type Candidate,
  type ContentCost,
  type ContentHead,
  decodeGenerateContent,
  encodeContent,
  encodeThought,
  failureOf,
  generateContentRequest,
  spellProgress,
  toCandidate,
} from '../gemini/generate-content';
import { endsOf, type JobEnd } from '../generation/ends';
import { follow } from '../generation/follow';
import { hashBody, type Submission, submitOnce } from '../generation/submit-once';
import { type MediaItem, tellLost } from '../generation/types';
import type { MemoryRoom } from '../memory-budget';
import { findKind } from '../models/kind';
import type { Answer } from './answer';
import { gatewayRoute, type KeyedCall } from './gateway-route';
import { getGeminiModel } from './gemini-models-route';
import { type BlockingAnswer, lateJson, releaseAtEnd } from './late-json';
import { inTime, msUntilLate } from './late-start';
import { isRefusal, methodNotAllowed, unknownUrl } from './not-found';
import { prepareOpening } from './picture-text';
import { publicOrigin } from './public-origin';
import { jsonLimits, readJson } from './read-json';
import { answerAccepted, markReplayed, noteJobs, prefersAsync, readRepeat } from './repeat';
import { blank, sseResponse } from './sse-response';
import { untilRestart } from './until-restart';

const methods = ['generateContent', 'streamGenerateContent'] as const;
type Method = (typeof methods)[number];

/** `model:method`, as it stands after `…/models/`. */
type Target = { model: string; method: Method };

/** What a path below `…/models/` names; `undefined` for anything else. */
function parseTarget(path: readonly string[]): Target | undefined {
  const text = path.join('/');
  const colon = text.lastIndexOf(':');
  const method = methods.find((known) => known === text.slice(colon + 1));
  return colon > 0 && method !== undefined ? { model: text.slice(0, colon), method } : undefined;
}

type PathParams = { path: string[] };
type Handler = (request: Request, context: { params: Promise<PathParams> }) => Promise<Response>;

const unknown: Handler = unknownUrl(encodeError);
const onlyPost: Handler = methodNotAllowed(encodeError, 'POST');

const isReading = ({ method }: Request) => method === 'GET' || method === 'HEAD';

/** The handler of what is below `…/models/`: `{model}:generateContent`, `:streamGenerateContent`, and a model itself. */
export const generateContentRoute: Handler = async (request, context) => {
  const { path } = await context.params;
  const target = parseTarget(path);
  if (target === undefined) {
    const id = path.join('/');
    const isModel = isReading(request) && !id.includes(':') && !isRefusal(new URL(request.url).pathname);
    return isModel ? getGeminiModel(request, { params: Promise.resolve({ id }) }) : unknown(request, context);
  }
  return request.method === 'POST'
    ? generate(request, { params: Promise.resolve(target) })
    : onlyPost(request, context);
};

const generate = gatewayRoute<Target>(
  encodeError,
  async (call, target) => {
    const { submitting, ...asked } = await accept(call, target);
    if (prefersAsync(call.request)) return answerAccepted(call, await submitting);
    const origin = publicOrigin(call.runtime, call.request);
    const early = await inTime(call, submitting);
    const begin = async () => toWork({ ...asked, call, origin, submission: early ?? (await submitting) });
    const given = await answer(call, begin, {
      method: target.method,
      waitMs: early === undefined ? 0 : msUntilLate(call),
    });
    return markReplayed(given, early?.joined === true);
  },
  { creates: true },
);

/** What of a body the answer needs. */
type Asked = { cost: ContentCost; wantsThoughts: boolean };

/** A request once its jobs exist. */
type Work = Asked & { call: KeyedCall; origin: string; submission: Submission; head: ContentHead };

function toWork(asked: Omit<Work, 'head'>): Work {
  const [job] = asked.submission.jobs;
  if (job === undefined) throw new Error('a request without a job was accepted');
  return { ...asked, head: { responseId: job.jobId, modelVersion: job.model } };
}

/**
 * Reads and begins to submit. The body and its pictures end here or with the submission, and so does their memory: the
 * answer may take minutes.
 */
async function accept(
  call: KeyedCall,
  { model, method }: Target,
): Promise<Asked & { submitting: Promise<Submission> }> {
  const { runtime, request, room, requester, note } = call;
  note({ model });
  const body = await readJson(request, generateContentRequest, { ...jsonLimits, room });
  const autoReference = runtime.settings.current()['chat.auto_reference'];
  const kind = findKind(model, modelDefaults(runtime));
  const { generations, wantsThoughts } = decodeGenerateContent(model, body, { autoReference, kind });
  const repeat = readRepeat(request, `/v1beta/models:${method}`, hashBody({ model, body }));
  const submitting = submitOnce(runtime, generations, requester, repeat, request.signal).then(
    (submission) => {
      noteJobs(note, submission);
      room.release();
      return submission;
    },
  );
  const [{ prompt, references }] = generations;
  return { submitting, cost: { prompt, inputPictures: references.length }, wantsThoughts };
}

type Begin = () => Promise<Work>;

function answer(
  call: KeyedCall,
  begin: Begin,
  { method, waitMs }: { method: Method; waitMs: number },
): Promise<Answer> | Answer {
  const isStream = method === 'streamGenerateContent';
  const isSse = new URL(call.request.url).searchParams.get('alt')?.toLowerCase() === 'sse';
  if (isStream && isSse) return streamEvents(call, begin);
  return answerWhole(call, begin, { asList: isStream, waitMs });
}

/** Without `alt=sse` a stream is one JSON list: here of one object, since nothing is told before the end. */
function answerWhole(
  { runtime, request, explain }: KeyedCall,
  begin: Begin,
  { asList, waitMs }: { asList: boolean; waitMs: number },
): Promise<Answer> {
  const wrap = (body: unknown) => (asList ? [body] : body);
  const room = runtime.pictureBudget.open(request.signal);
  return releaseAtEnd(
    room,
    lateJson(async (until) => waitForAll(await begin(), { asList, wrap, room }, until), {
      signal: request.signal,
      waitMs,
      keepAliveMs: runtime.settings.current()['chat.keep_alive'] * 1_000,
      lateError: (thrown) => {
        const { error, accepted } = explain(thrown);
        return wrap(encodeError(error, { accepted }).body);
      },
    }),
  );
}

/** `room` is for the bytes of pictures that only upstream has. */
type Shape = { asList: boolean; wrap: (body: unknown) => unknown; room: MemoryRoom };

async function waitForAll(
  work: Work,
  { asList, wrap, room }: Shape,
  until: AbortSignal,
): Promise<BlockingAnswer> {
  const candidates: Candidate[] = [];
  for await (const { index, end } of endsOf(followAll(work, until))) {
    candidates[index] = judge(work, index, end);
  }
  until.throwIfAborted();
  noteFailures(work, candidates);
  const failure = failureOf(candidates);
  if (failure !== undefined) {
    const { status, headers, body } = failure.error;
    return { status, headers, body, late: wrap(body) };
  }
  const object: AnswerObject = { candidates: [], isAll: true, cost: work.cost };
  for (const [index, candidate] of candidates.entries()) {
    object.candidates.push({ index, candidate, parts: await prepare(work, candidate, room) });
  }
  const pieces = () => encodeContent(object, work.head);
  return {
    status: 200,
    headers: {},
    body: null,
    late: null,
    pieces: asList ? () => inList(pieces()) : pieces,
  };
}

async function* inList(pieces: AsyncGenerator<string>) {
  yield '[';
  yield* pieces;
  yield ']';
}

const followAll = ({ call: { runtime }, submission }: Work, until: AbortSignal) =>
  submission.jobs.map(({ jobId }) => untilRestart(follow(runtime, jobId, until), runtime, jobId));

function judge({ submission, origin }: Work, index: number, end: JobEnd): Candidate {
  const kind = submission.jobs[index]?.kind ?? 'image';
  return toCandidate(end, { origin, kind });
}

/** The log has to be told of jobs that failed: the answer may be a good one all the same. */
function noteFailures({ call: { note } }: Work, candidates: readonly Candidate[]) {
  const failures = candidates.flatMap((one) => (one.type === 'media' ? [] : [one.failure]));
  const [first] = failures;
  if (first === undefined) return;
  const count = candidates.length > 1 ? `${failures.length} of ${candidates.length} failed: ` : '';
  note({ errorCode: first.code, errorMessage: `${count}${first.message}` });
}

/** All that can fail about a result while the status is still open; one that is here is read only when it is sent. */
async function prepare(
  { call, origin, submission }: Work,
  candidate: Candidate,
  room: MemoryRoom,
): Promise<AnswerPart[]> {
  if (candidate.type !== 'media') return [];
  const { lostPicture } = submission;
  const { runtime, request } = call;
  const toPart = async (item: MediaItem): Promise<AnswerPart> => {
    if (item.kind === 'video') {
      return { fileData: { mimeType: item.contentType, fileUri: addressOf(item, origin) } };
    }
    return { open: await prepareOpening(runtime, item, { room, signal: request.signal }) };
  };
  const files = await Promise.all(candidate.items.map(toPart));
  return lostPicture === undefined ? files : [{ text: tellLost(lostPicture) }, ...files];
}

/** Blank lines keep it alive: of a comment, Google's own libraries make a broken object. */
function streamEvents({ runtime, request, explain }: KeyedCall, begin: Begin): Answer {
  return sseResponse((until) => contentEvents(begin, until), {
    signal: request.signal,
    heartbeat: { everyMs: runtime.settings.current()['chat.keep_alive'] * 1_000, payload: () => blank },
    lateError: (thrown) => {
      const { error, accepted } = explain(thrown);
      return [encodeError(error, { accepted }).body];
    },
  });
}

type Payload = object | string | typeof blank;

/** One object for each result as soon as it is made, then one for what brought none; an error when nothing did. */
async function* contentEvents(begin: Begin, until: AbortSignal): AsyncGenerator<Payload> {
  yield blank; // the headers go out with the first bytes
  const work = await begin();
  const candidates: Candidate[] = [];
  let cost = work.cost;
  for await (const told of tell(work, until)) {
    if (typeof told === 'string') {
      yield encodeThought(told, work.head);
      continue;
    }
    const { index, end } = told;
    const candidate = judge(work, index, end);
    candidates[index] = candidate;
    if (candidate.type !== 'media') continue;
    yield await spellCandidate(work, { index, candidate, cost });
    cost = { prompt: '', inputPictures: 0 }; // counted once: what went in belongs to the first object
  }
  if (until.aborted) return;
  noteFailures(work, candidates);
  const failure = failureOf(candidates);
  if (failure !== undefined) yield failure.error.body;
  else {
    const rest = candidates.flatMap((candidate, index) =>
      candidate.type === 'media' ? [] : [{ index, candidate, parts: [] }],
    );
    const isAll = rest.length === candidates.length;
    if (rest.length > 0) yield await spellObject({ candidates: rest, isAll, cost }, work.head);
  }
}

/** The ends of all jobs, and of a single one also lines on the way for a client that wants them. */
async function* tell(
  work: Work,
  until: AbortSignal,
): AsyncGenerator<string | { index: number; end: JobEnd }> {
  const jobs = followAll(work, until);
  const [first] = jobs;
  if (first === undefined || jobs.length > 1 || !work.wantsThoughts) return yield* endsOf(jobs);
  for await (const event of first) {
    if (event.type === 'completed' || event.type === 'failed' || event.type === 'cancelled') {
      yield { index: 0, end: event };
      continue;
    }
    const line = spellProgress(event);
    if (line !== undefined) yield line;
  }
}

/** The object of one result; its pictures are in memory only while it is made. */
async function spellCandidate(
  work: Work,
  { index, candidate, cost }: { index: number; candidate: Candidate; cost: ContentCost },
): Promise<string> {
  const { runtime, request } = work.call;
  const room = runtime.pictureBudget.open(request.signal);
  try {
    const parts = await prepare(work, candidate, room);
    return await spellObject({ candidates: [{ index, candidate, parts }], isAll: false, cost }, work.head);
  } finally {
    room.release();
  }
}

async function spellObject(...of: Parameters<typeof encodeContent>): Promise<string> {
  let text = '';
  for await (const piece of encodeContent(...of)) text += piece;
  return text;
}
