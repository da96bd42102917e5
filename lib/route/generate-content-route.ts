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
import { assertPicture } from '../generation/picture';
import { hashBody, type Submission, submitOnce } from '../generation/submit-once';
import type { MediaItem } from '../generation/types';
import type { Answer } from './answer';
import { gatewayRoute, type KeyedCall } from './gateway-route';
import { type BlockingAnswer, lateJson } from './late-json';
import { methodNotAllowed, unknownUrl } from './not-found';
import { openPictureText } from './picture-text';
import { publicOrigin } from './public-origin';
import { jsonLimits, readJson } from './read-json';
import { answerAccepted, markReplayed, prefersAsync, readRepeat } from './repeat';
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

/** The handler of `POST …/models/{model}:generateContent` and `:streamGenerateContent`. */
export const generateContentRoute: Handler = async (request, context) => {
  const target = parseTarget((await context.params).path);
  if (target === undefined) return unknown(request, context);
  return request.method === 'POST'
    ? generate(request, { params: Promise.resolve(target) })
    : onlyPost(request, context);
};

const generate = gatewayRoute<Target>(
  encodeError,
  async (call, target) => {
    const accepted = await accept(call, target);
    const { submission } = accepted;
    if (prefersAsync(call.request)) return answerAccepted(call, submission);
    const work: Work = { ...accepted, call, origin: publicOrigin(call.runtime, call.request) };
    return markReplayed(await answer(work, target.method), submission.joined);
  },
  { creates: true },
);

/** A request once its jobs exist; of the body only what the answer needs is left. */
type Accepted = { submission: Submission; head: ContentHead; cost: ContentCost; wantsThoughts: boolean };

type Work = Accepted & { call: KeyedCall; origin: string };

/** Reads and submits. The body and its pictures end here, and so does their memory: the answer may take minutes. */
async function accept(call: KeyedCall, { model, method }: Target): Promise<Accepted> {
  const { runtime, request, room, requester, note } = call;
  note({ model });
  const body = await readJson(request, generateContentRequest, { ...jsonLimits, room });
  const autoReference = runtime.settings.current()['chat.auto_reference'];
  const { generations, wantsThoughts } = decodeGenerateContent(model, body, { autoReference });
  const repeat = readRepeat(request, `/v1beta/models:${method}`, hashBody({ model, body }));
  const submission = await submitOnce(runtime, generations, requester, repeat, request.signal);
  const [job] = submission.jobs;
  if (job === undefined) throw new Error('a request without a job was accepted');
  note({ jobId: job.jobId });
  room.release();
  const [{ prompt, references }] = generations;
  return {
    submission,
    head: { responseId: job.jobId, modelVersion: job.model },
    cost: { prompt, inputPictures: references.length },
    wantsThoughts,
  };
}

function answer(work: Work, method: Method): Promise<Answer> | Answer {
  const isStream = method === 'streamGenerateContent';
  const isSse = new URL(work.call.request.url).searchParams.get('alt')?.toLowerCase() === 'sse';
  if (isStream && isSse) return streamEvents(work);
  return answerWhole(work, { asList: isStream });
}

/** Without `alt=sse` a stream is one JSON list: here of one object, since nothing is told before the end. */
function answerWhole(work: Work, { asList }: { asList: boolean }): Promise<Answer> {
  const { runtime, request } = work.call;
  const settings = runtime.settings.current();
  const wrap = (body: unknown) => (asList ? [body] : body);
  return lateJson((until) => waitForAll(work, { asList, wrap }, until), {
    signal: request.signal,
    waitMs: settings['chat.wait_before_headers'] * 1_000,
    keepAliveMs: settings['chat.keep_alive'] * 1_000,
    lateError: (error) => wrap(encodeError(error, { accepted: true }).body),
  });
}

type Shape = { asList: boolean; wrap: (body: unknown) => unknown };

async function waitForAll(work: Work, { asList, wrap }: Shape, until: AbortSignal): Promise<BlockingAnswer> {
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
    object.candidates.push({ index, candidate, parts: await prepare(work, candidate) });
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

/** All that can fail about a result while the status is still open; a picture is read only when it is sent. */
async function prepare({ call, origin }: Work, candidate: Candidate): Promise<AnswerPart[]> {
  if (candidate.type !== 'media') return [];
  const { runtime, request } = call;
  const toPart = async (item: MediaItem): Promise<AnswerPart> => {
    if (item.kind === 'video') {
      return { fileData: { mimeType: item.contentType, fileUri: addressOf(item, origin) } };
    }
    await assertPicture(runtime, item.id);
    return { open: () => openPictureText(runtime, item, request.signal) };
  };
  return Promise.all(candidate.items.map(toPart));
}

/** Blank lines keep it alive: of a comment, Google's own libraries make a broken object. */
function streamEvents(work: Work): Answer {
  const { runtime, request } = work.call;
  return sseResponse((until) => contentEvents(work, until), {
    signal: request.signal,
    heartbeat: { everyMs: runtime.settings.current()['chat.keep_alive'] * 1_000, payload: () => blank },
    lateError: (error) => [encodeError(error, { accepted: true }).body],
  });
}

type Payload = object | string | typeof blank;

/** One object for each result as soon as it is made, then one for what brought none; an error when nothing did. */
async function* contentEvents(work: Work, until: AbortSignal): AsyncGenerator<Payload> {
  yield blank; // the headers go out with the first bytes
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
    const parts = await prepare(work, candidate);
    yield await spellObject({ candidates: [{ index, candidate, parts }], isAll: false, cost }, work.head);
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

async function spellObject(...of: Parameters<typeof encodeContent>): Promise<string> {
  let text = '';
  for await (const piece of encodeContent(...of)) text += piece;
  return text;
}
