import { follow } from '@/lib/generation/follow';
import { hashBody, type Submission, submitOnce } from '@/lib/generation/submit-once';
import { encodeError } from '@/lib/openai/error';
import {
  decodeResponses,
  encodeLateResponse,
  encodeLateResponseEvent,
  encodeResponseAnswer,
  encodeResponseStream,
  encodeTextResponse,
  encodeTextResponseStream,
  findNamedItems,
  type ResponseHead,
  type ResponseStyle,
  readMessages,
  responsesRequest,
} from '@/lib/openai/responses';
import type { Answer } from '@/lib/route/answer';
import { preflight } from '@/lib/route/cors';
import { gatewayRoute, type KeyedCall } from '@/lib/route/gateway-route';
import { lateJson } from '@/lib/route/late-json';
import { inTime, msUntilLate } from '@/lib/route/late-start';
import { findNamedPictures } from '@/lib/route/named-pictures';
import { methodNotAllowed } from '@/lib/route/not-found';
import { noteEnd } from '@/lib/route/note-end';
import { wholePictureText } from '@/lib/route/picture-text';
import { publicOrigin } from '@/lib/route/public-origin';
import { jsonLimits, readJson } from '@/lib/route/read-json';
import { answerAccepted, markReplayed, noteJobs, prefersAsync, readRepeat } from '@/lib/route/repeat';
import { findSideAnswer } from '@/lib/route/side-answer';
import { keepAlive, sseResponse } from '@/lib/route/sse-response';
import { untilRestart } from '@/lib/route/until-restart';

export const dynamic = 'force-dynamic';
export const runtime = 'nodejs';

export const POST = gatewayRoute(
  encodeError,
  async (call) => {
    const { runtime, request, requestId, note, explain } = call;
    const settings = runtime.settings.current();
    const accepted = await accept(call);
    if (accepted.sideAnswer !== undefined) return answerText(call, accepted);
    const { submitting, asked } = accepted;
    if (prefersAsync(request)) return answerAccepted(call, await submitting);
    const { tool } = asked;
    const headOf = (id: string, createdAt: Date): ResponseHead => ({
      ...asked.head,
      id: id.replace(/^[a-z]+_/, ''),
      createdAt: Math.floor(createdAt.getTime() / 1_000),
      tools: tool === undefined ? [] : [tool.echo],
    });
    let head = headOf(requestId, runtime.now()); // for an error before there is a job
    const early = await inTime(call, submitting);
    const begin = async (): Promise<Begun> => {
      const submission = early ?? (await submitting);
      const [job] = submission.jobs;
      if (job === undefined) throw new Error('a request without a job was accepted');
      head = headOf(job.jobId, job.createdAt);
      return { submission, job, head };
    };
    const styleFor = ({ job, submission }: Begun, until: AbortSignal): ResponseStyle => ({
      origin: publicOrigin(runtime, request),
      videoMarkup: settings['chat.video_markup'],
      ...(tool === undefined || job.kind === 'video'
        ? {}
        : { pictureText: (item) => wholePictureText(runtime, item, tool.style, until) }),
      ...(submission.lostPicture === undefined ? {} : { lostPicture: submission.lostPicture }),
    });
    const events = ({ job }: Begun, until: AbortSignal) =>
      noteEnd(untilRestart(follow(runtime, job.jobId, until), runtime, job.jobId), note);
    const stream = async function* (until: AbortSignal) {
      if (early === undefined) yield keepAlive; // the headers go out with the first bytes
      const begun = await begin();
      yield* encodeResponseStream(events(begun, until), begun.head, styleFor(begun, until));
    };
    const whole = async (until: AbortSignal) => {
      const begun = await begin();
      return encodeResponseAnswer(events(begun, until), begun.head, styleFor(begun, until));
    };
    const answer = asked.stream
      ? streamEvents(call, () => head, stream)
      : await lateJson(whole, {
          signal: request.signal,
          waitMs: early === undefined ? 0 : msUntilLate(call),
          keepAliveMs: settings['chat.keep_alive'] * 1_000,
          lateError: (thrown) => encodeLateResponse(head, explain(thrown).error),
        });
    return markReplayed(answer, early?.joined === true);
  },
  { creates: true },
);

type Begun = { submission: Submission; job: Submission['jobs'][number]; head: ResponseHead };

/**
 * Reads and begins to submit. The body and its pictures end here or with the submission, and so does their memory: the
 * answer may take minutes.
 */
async function accept(call: KeyedCall) {
  const { runtime, request, room, requester, note, key } = call;
  const body = await readJson(request, responsesRequest, { ...jsonLimits, room });
  note({ model: body.model });
  const sideAnswer = findSideAnswer(call, body.model, readMessages(body.input, body.instructions), {
    responses: body,
  });
  if (sideAnswer !== undefined) return { model: body.model, stream: body.stream === true, sideAnswer };
  const autoReference = runtime.settings.current()['chat.auto_reference'];
  const named = autoReference
    ? await findNamedPictures(runtime, findNamedItems(body.input), {
        apiKeyId: key.id,
        origin: publicOrigin(runtime, request),
      })
    : [];
  const { generation, stream, tool, metadata } = decodeResponses(body, { autoReference, named });
  const repeat = readRepeat(request, '/v1/responses', hashBody(body));
  const submitting = submitOnce(runtime, [generation], requester, repeat, request.signal).then(
    (submission) => {
      noteJobs(note, submission);
      room.release();
      return submission;
    },
  );
  const { model, prompt, references } = generation;
  const head = { model, prompt, inputPictures: references.length, metadata };
  return { submitting, asked: { head, stream, ...(tool === undefined ? {} : { tool }) } };
}

/** An answer for which nothing was generated. */
function answerText(
  call: KeyedCall,
  { model, stream, sideAnswer }: { model: string; stream: boolean; sideAnswer: string },
): Answer {
  const { runtime, requestId } = call;
  const head: ResponseHead = {
    id: requestId.replace(/^req_/, ''),
    createdAt: Math.floor(runtime.now().getTime() / 1_000),
    model,
    prompt: '',
    inputPictures: 0,
    metadata: {},
    tools: [],
  };
  if (!stream) return Response.json(encodeTextResponse(head, sideAnswer));
  return streamEvents(
    call,
    () => head,
    () => encodeTextResponseStream(head, sideAnswer),
  );
}

function streamEvents(
  { runtime, request, explain }: KeyedCall,
  headNow: () => ResponseHead,
  start: (until: AbortSignal) => AsyncGenerator<object | typeof keepAlive>,
): Answer {
  return sseResponse(start, {
    signal: request.signal,
    named: true,
    heartbeat: {
      everyMs: runtime.settings.current()['chat.keep_alive'] * 1_000,
      payload: () => keepAlive,
    },
    lateError: (thrown) => [encodeLateResponseEvent(headNow(), explain(thrown).error)],
  });
}

export const OPTIONS = preflight;
const refuse = methodNotAllowed(encodeError, 'POST');
export const GET = refuse;
export const PUT = refuse;
export const PATCH = refuse;
export const DELETE = refuse;
