import { modelDefaults } from '../api-keys/admit';
import { GatewayError } from '../errors';
import { endsOf, type JobEnd } from '../generation/ends';
import { follow } from '../generation/follow';
import { storeCopy } from '../generation/picture';
import { hashBody, type Submission, submitOnce } from '../generation/submit-once';
import type { MediaItem } from '../generation/types';
import type { MemoryRoom } from '../memory-budget';
import { findKind } from '../models/kind';
import { encodeError } from '../openai/error';
import {
  type AnswerPicture,
  countImageUsage,
  decodeImages,
  encodeCompletedPicture,
  encodeImageError,
  encodeImagesAnswer,
  formatOf,
  type ImageCost,
  type ImagesOutcome,
  type ImageTask,
  type PictureFacts,
  type PictureStyle,
  pictureAddress,
  sortEnds,
  targetOf,
  tellingFailure,
} from '../openai/images';
import type { Runtime } from '../runtime';
import type { Answer } from './answer';
import { gatewayRoute, type KeyedCall } from './gateway-route';
import { type BlockingAnswer, lateJson, releaseAtEnd } from './late-json';
import { inTime, msUntilLate } from './late-start';
import { preparePictureText, wholePictureText } from './picture-text';
import { publicOrigin } from './public-origin';
import { fieldsLimits, readFields } from './read-fields';
import { answerAccepted, markReplayed, noteJobs, prefersAsync, readRepeat } from './repeat';
import { keepAlive, sseResponse } from './sse-response';
import { untilRestart } from './until-restart';

const paths = { generation: '/v1/images/generations', edit: '/v1/images/edits' } as const;

/** The handler of `POST /v1/images/generations` and `/v1/images/edits`: one job for each picture, all accepted or none. */
export const imagesRoute = (task: ImageTask) =>
  gatewayRoute(
    encodeError,
    async (call) => {
      const { submitting, ...asked } = await accept(call, task);
      if (prefersAsync(call.request)) return answerAccepted(call, await submitting);
      const request: Ask = { ...asked, call, task, origin: publicOrigin(call.runtime, call.request) };
      const early = await inTime(call, submitting);
      const begin = async (): Promise<Work> => ({ ...request, submission: early ?? (await submitting) });
      const answer = asked.stream
        ? streamPictures(request, begin)
        : await collectPictures(call, begin, { waitMs: early === undefined ? 0 : msUntilLate(call) });
      return markReplayed(answer, early?.joined === true);
    },
    { creates: true },
  );

/** What of a body the answer needs. */
type Asked = { style: PictureStyle; stream: boolean; cost: ImageCost };

type Ask = Asked & { call: KeyedCall; task: ImageTask; origin: string };

/** A request once its jobs exist. */
type Work = Ask & { submission: Submission };

/**
 * Reads and begins to submit. The body and its pictures end here or with the submission, and so does their memory: the
 * answer may take minutes.
 */
async function accept(
  call: KeyedCall,
  task: ImageTask,
): Promise<Asked & { submitting: Promise<Submission> }> {
  const { runtime, request, room, requester, note } = call;
  const settings = runtime.settings.current();
  const maxFileBytes = settings['references.max_bytes'] * 1_000_000;
  const body = await readFields(request, { ...fieldsLimits, maxFileBytes, room });
  const { generations, style, stream } = decodeImages(task, body, settings['generation.default_image_model']);
  if (prefersAsync(request)) refuseConversion(style);
  const [first] = generations;
  if (first === undefined) throw new GatewayError('internal_error', 'The request came to no generation.');
  note({ model: first.model });
  refuseVideos(runtime, first.model);
  const repeat = readRepeat(request, paths[task], hashBody(body.fields, body.files));
  const submitting = submitOnce(runtime, generations, requester, repeat, request.signal).then(
    (submission) => {
      noteJobs(note, submission);
      room.release();
      return submission;
    },
  );
  return {
    submitting,
    style,
    stream,
    cost: { prompt: first.prompt, inputPictures: first.references.length },
  };
}

/** A job keeps its picture as it was made, and nobody converts it when it is asked for later. */
function refuseConversion({ format }: PictureStyle) {
  if (format === undefined) return;
  throw new GatewayError(
    'invalid_request',
    '"output_format" cannot be used with "Prefer: respond-async": the job will have its picture as the model made it. Leave out one of them.',
    { param: 'output_format' },
  );
}

function refuseVideos({ settings }: Pick<Runtime, 'settings'>, model: string) {
  const defaults = modelDefaults({ settings });
  if (findKind(model, defaults) !== 'video') return;
  throw new GatewayError(
    'invalid_request',
    `${model} makes videos: send this to POST /v1/videos. A model for pictures is for example ${defaults.image}.`,
    { param: 'model' },
  );
}

const endsOfWork = ({ call: { runtime }, submission }: Work, until: AbortSignal) =>
  endsOf(submission.jobs.map(({ jobId }) => untilRestart(follow(runtime, jobId, until), runtime, jobId)));

/** The log has to be told of jobs that failed: the answer may be a good one all the same. */
function noteFailures({ call: { note } }: Work, { pictures, failures }: ImagesOutcome) {
  const failure = tellingFailure(failures);
  if (failure === undefined) return;
  const count = `${failures.length} of ${failures.length + pictures.length} failed: `;
  note({
    errorCode: failure.code,
    errorMessage: `${failures.length + pictures.length > 1 ? count : ''}${failure.message}`,
  });
}

/** What the answer holds of pictures that only upstream has is given back at its end. */
function collectPictures(
  { runtime, request, explain }: KeyedCall,
  begin: () => Promise<Work>,
  { waitMs }: { waitMs: number },
): Promise<Answer> {
  const room = runtime.pictureBudget.open(request.signal);
  return releaseAtEnd(
    room,
    lateJson(async (until) => waitForAll(await begin(), room, until), {
      signal: request.signal,
      waitMs,
      keepAliveMs: runtime.settings.current()['chat.keep_alive'] * 1_000,
      lateError: (thrown) => {
        const { error, accepted } = explain(thrown);
        return encodeError(error, { accepted }).body;
      },
    }),
  );
}

async function waitForAll(work: Work, room: MemoryRoom, until: AbortSignal): Promise<BlockingAnswer> {
  const ends: JobEnd[] = [];
  for await (const { index, end } of endsOfWork(work, until)) ends[index] = end;
  until.throwIfAborted();
  const outcome = sortEnds(ends, work.origin);
  noteFailures(work, outcome);
  const { pictures, failures } = outcome;
  const [first] = pictures;
  const failure = tellingFailure(failures);
  if (first === undefined) {
    const { status, headers, body } = failure?.error ?? encodeError(noPicture());
    return { status, headers, body, late: body };
  }
  const answers: AnswerPicture[] = [];
  for (const item of pictures) answers.push(await prepare(work, item, { room, signal: until }));
  const head = { ...headOf(work, first), usage: countImageUsage(work.cost, pictures.length) };
  return {
    status: 200,
    headers: {},
    body: null,
    late: null,
    pieces: () => encodeImagesAnswer(answers, head),
  };
}

const noPicture = () => new GatewayError('upstream_failed', 'The job ended without a picture.');

const headOf = (
  { call: { runtime }, style, submission }: Work,
  item: MediaItem,
): { created: number; facts: PictureFacts } => {
  const { width, height } = item;
  return {
    created: Math.floor((submission.jobs[0]?.createdAt ?? runtime.now()).getTime() / 1_000),
    facts: {
      format: style.format ?? formatOf(item),
      ...(width === undefined || height === undefined ? {} : { width, height }),
    },
  };
};

/** All that can fail about a picture while the status is still open; one that is here is read only when it is sent. */
async function prepare(
  work: Work,
  item: MediaItem,
  { room, signal }: { room: MemoryRoom; signal: AbortSignal },
): Promise<AnswerPicture> {
  const { style, call } = work;
  if (style.as === 'url') return { url: await addressFor(work, item, signal) };
  return { base64: await preparePictureText(call.runtime, item, { style, room, signal }) };
}

async function addressFor(
  { call, style, origin }: Work,
  item: MediaItem,
  signal: AbortSignal,
): Promise<string> {
  const target = targetOf(style, item);
  return pictureAddress(
    target === undefined ? item : await storeCopy(call.runtime, item.id, target, signal),
    origin,
  );
}

function streamPictures({ call }: Ask, begin: () => Promise<Work>): Answer {
  const { runtime, request, explain } = call;
  const everyMs = runtime.settings.current()['chat.keep_alive'] * 1_000;
  return sseResponse((until) => pictureEvents(begin, until), {
    signal: request.signal,
    named: true,
    heartbeat: { everyMs, payload: () => keepAlive },
    lateError: (thrown) => {
      const { error, accepted } = explain(thrown);
      return [encodeImageError(encodeError(error, { accepted }))];
    },
  });
}

/** One event for each picture as soon as it is made; an error when there is none at all. */
async function* pictureEvents(
  begin: () => Promise<Work>,
  until: AbortSignal,
): AsyncGenerator<object | typeof keepAlive> {
  yield keepAlive; // the headers go out with the first bytes
  const work = await begin();
  const sum: ImagesOutcome = { pictures: [], failures: [] };
  for await (const { end } of endsOfWork(work, until)) {
    const { pictures, failures } = sortEnds([end], work.origin);
    sum.failures.push(...failures);
    for (const item of pictures) {
      // Counted once: what went in belongs to the first picture.
      const cost = sum.pictures.length === 0 ? work.cost : { prompt: '', inputPictures: 0 };
      sum.pictures.push(item);
      const head = { ...headOf(work, item), usage: countImageUsage(cost, 1) };
      yield encodeCompletedPicture(work.task, await wholePicture(work, item, until), head);
    }
  }
  if (until.aborted) return;
  noteFailures(work, sum);
  if (sum.pictures.length > 0) return;
  yield encodeImageError(tellingFailure(sum.failures)?.error ?? encodeError(noPicture(), { accepted: true }));
}

async function wholePicture(
  work: Work,
  item: MediaItem,
  signal: AbortSignal,
): Promise<{ url: string } | { b64_json: string }> {
  if (work.style.as === 'url') return { url: await addressFor(work, item, signal) };
  return { b64_json: await wholePictureText(work.call.runtime, item, work.style, signal) };
}
