import { follow } from '@/lib/generation/follow';
import { hashBody, type Submission, submitOnce } from '@/lib/generation/submit-once';
import {
  type ChatHead,
  type ChatRequest,
  type ChatStyle,
  chatRequest,
  decodeChatRequest,
  describeChat,
  encodeChatCompletion,
  encodeChatStream,
  encodeHeartbeat,
  encodeLateCompletion,
  encodeLateFailure,
  encodeTextCompletion,
  encodeTextStream,
} from '@/lib/openai/chat';
import { plainText } from '@/lib/openai/chat-messages';
import { encodeError } from '@/lib/openai/error';
import type { Answer } from '@/lib/route/answer';
import { preflight } from '@/lib/route/cors';
import { gatewayRoute, type KeyedCall } from '@/lib/route/gateway-route';
import { lateJson } from '@/lib/route/late-json';
import { inTime, msUntilLate } from '@/lib/route/late-start';
import { methodNotAllowed } from '@/lib/route/not-found';
import { noteEnd } from '@/lib/route/note-end';
import { pictureDataUrl } from '@/lib/route/picture-text';
import { publicOrigin } from '@/lib/route/public-origin';
import { jsonLimits, readJson } from '@/lib/route/read-json';
import { answerAccepted, markReplayed, noteJobs, prefersAsync, readRepeat } from '@/lib/route/repeat';
import { findSideAnswer } from '@/lib/route/side-answer';
import { sseResponse } from '@/lib/route/sse-response';
import { untilRestart } from '@/lib/route/until-restart';

export const dynamic = 'force-dynamic';
export const runtime = 'nodejs';

export const POST = gatewayRoute(
  encodeError,
  async (call) => {
    const { runtime, request, requestId, note, explain } = call;
    const settings = runtime.settings.current();
    const { signal } = request;
    const accepted = await accept(call);
    if (accepted.sideAnswer !== undefined) return answerText(call, accepted);
    const { submitting, asked } = accepted;
    if (prefersAsync(request)) return answerAccepted(call, await submitting);
    const early = await inTime(call, submitting);
    const joined = early?.joined === true;
    const headOf = (of: { id: string; at: Date }): ChatHead => ({
      id: `chatcmpl-${of.id}`,
      created: Math.floor(of.at.getTime() / 1_000),
      model: asked.model,
    });
    const headOfJob = ({ jobId, createdAt }: Begun['job']) => headOf({ id: jobId, at: createdAt });
    // All chunks of a stream have one id, and some go out before there is a job where that takes long.
    let head = early === undefined ? headOf({ id: requestId, at: runtime.now() }) : headOfJob(jobOf(early));
    const begin = async (): Promise<Begun> => {
      const submission = early ?? (await submitting);
      return { submission, job: jobOf(submission) };
    };
    const styleFor = ({ job, submission }: Begun, until: AbortSignal): ChatStyle => ({
      origin: publicOrigin(runtime, request),
      videoMarkup: settings['chat.video_markup'],
      kind: job.kind,
      jobId: job.jobId,
      prompt: asked.prompt,
      includeUsage: asked.includeUsage,
      ...(asked.wantsImages ? { imageAddress: (item) => pictureDataUrl(runtime, item, until) } : {}),
      ...(submission.lostPicture === undefined ? {} : { lostPicture: submission.lostPicture }),
    });
    const keepAliveMs = settings['chat.keep_alive'] * 1_000;
    const events = ({ job }: Begun, until: AbortSignal) =>
      noteEnd(untilRestart(follow(runtime, job.jobId, until), runtime, job.jobId), note);
    if (asked.stream) {
      const payloads = async function* (until: AbortSignal) {
        // The headers go out with the first bytes.
        if (early === undefined) yield encodeHeartbeat(head, performance.now() - call.startedAt);
        const begun = await begin();
        yield* encodeChatStream(events(begun, until), head, styleFor(begun, until));
      };
      const stream = sseResponse(payloads, {
        signal,
        heartbeat: { everyMs: keepAliveMs, payload: (elapsedMs) => encodeHeartbeat(head, elapsedMs) },
        lateError: (thrown) => {
          const { error, accepted } = explain(thrown);
          return encodeLateFailure(head, error, { accepted });
        },
      });
      return markReplayed(stream, joined);
    }
    const work = async (until: AbortSignal) => {
      const begun = await begin();
      head = headOfJob(begun.job);
      return encodeChatCompletion(events(begun, until), head, styleFor(begun, until));
    };
    const answer = await lateJson(work, {
      signal,
      waitMs: early === undefined ? 0 : msUntilLate(call),
      keepAliveMs,
      lateError: (thrown) => encodeLateCompletion(head, asked, explain(thrown).error),
    });
    return markReplayed(answer, joined);
  },
  { creates: true },
);

type Begun = { submission: Submission; job: Submission['jobs'][number] };

function jobOf({ jobs: [job] }: Submission) {
  if (job === undefined) throw new Error('a request without a job was accepted');
  return job;
}

/**
 * Reads and begins to submit. The body and its pictures end here or with the submission, and so does their memory: the
 * answer may take minutes.
 */
async function accept(call: KeyedCall) {
  const { runtime, request, room, requester, note } = call;
  const body = await readJson(request, chatRequest, { ...jsonLimits, room });
  note({ model: body.model });
  const sideAnswer = findSideAnswer(call, body.model, body.messages, { chat: body });
  if (sideAnswer !== undefined) return { body, sideAnswer };
  const autoReference = runtime.settings.current()['chat.auto_reference'];
  const { generation, ...asked } = decodeChatRequest(body, { autoReference });
  const repeat = readRepeat(request, '/v1/chat/completions', hashBody(body));
  const submitting = submitOnce(runtime, [generation], requester, repeat, request.signal).then(
    (submission) => {
      noteJobs(note, submission);
      room.release();
      return submission;
    },
  );
  return { submitting, asked: { ...asked, model: body.model, prompt: generation.prompt } };
}

/** An answer for which nothing was generated. */
function answerText(
  { runtime, request, requestId }: KeyedCall,
  { body, sideAnswer }: { body: ChatRequest; sideAnswer: string },
): Answer {
  const head: ChatHead = {
    id: `chatcmpl-${requestId}`,
    created: Math.floor(runtime.now().getTime() / 1_000),
    model: body.model,
  };
  const { includeUsage, stream } = describeChat(body);
  const prompt = plainText(body.messages.at(-1)?.content);
  if (!stream) return Response.json(encodeTextCompletion(head, sideAnswer, prompt));
  return sseResponse(() => encodeTextStream(head, sideAnswer, { prompt, includeUsage }), {
    signal: request.signal,
    heartbeat: {
      everyMs: runtime.settings.current()['chat.keep_alive'] * 1_000,
      payload: (elapsedMs) => encodeHeartbeat(head, elapsedMs),
    },
    lateError: (error) => encodeLateFailure(head, error, { accepted: false }),
  });
}

export const OPTIONS = preflight;
const refuse = methodNotAllowed(encodeError, 'POST');
export const GET = refuse;
export const PUT = refuse;
export const PATCH = refuse;
export const DELETE = refuse;
