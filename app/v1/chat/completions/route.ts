import { follow } from '@/lib/generation/follow';
import { hashBody, submitOnce } from '@/lib/generation/submit-once';
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
import { methodNotAllowed } from '@/lib/route/not-found';
import { noteEnd } from '@/lib/route/note-end';
import { pictureDataUrl } from '@/lib/route/picture-text';
import { publicOrigin } from '@/lib/route/public-origin';
import { jsonLimits, readJson } from '@/lib/route/read-json';
import { answerAccepted, markReplayed, prefersAsync, readRepeat } from '@/lib/route/repeat';
import { findSideAnswer } from '@/lib/route/side-answer';
import { sseResponse } from '@/lib/route/sse-response';
import { untilRestart } from '@/lib/route/until-restart';

export const dynamic = 'force-dynamic';
export const runtime = 'nodejs';

export const POST = gatewayRoute(
  encodeError,
  async (call) => {
    const { runtime, request, note } = call;
    const settings = runtime.settings.current();
    const { signal } = request;
    const accepted = await accept(call);
    if (accepted.sideAnswer !== undefined) return answerText(call, accepted);
    const { submission, asked } = accepted;
    if (prefersAsync(request)) return answerAccepted(call, submission);
    const { joined } = submission;
    const [job] = submission.jobs;
    if (job === undefined) throw new Error('a request without a job was accepted');
    const head: ChatHead = {
      id: `chatcmpl-${job.jobId}`,
      created: Math.floor(job.createdAt.getTime() / 1_000),
      model: job.model,
    };
    const styleFor = (until: AbortSignal): ChatStyle => ({
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
    const events = (until: AbortSignal) =>
      noteEnd(untilRestart(follow(runtime, job.jobId, until), runtime, job.jobId), note);
    if (asked.stream) {
      const stream = sseResponse((until) => encodeChatStream(events(until), head, styleFor(until)), {
        signal,
        heartbeat: { everyMs: keepAliveMs, payload: (elapsedMs) => encodeHeartbeat(head, elapsedMs) },
        lateError: (error) => encodeLateFailure(head, error),
      });
      return markReplayed(stream, joined);
    }
    const answer = await lateJson((until) => encodeChatCompletion(events(until), head, styleFor(until)), {
      signal,
      waitMs: settings['chat.wait_before_headers'] * 1_000,
      keepAliveMs,
      lateError: (error) => encodeLateCompletion(head, styleFor(signal), error),
    });
    return markReplayed(answer, joined);
  },
  { creates: true },
);

/** Reads and submits. The body and its pictures end here, and so does their memory: the answer may take minutes. */
async function accept(call: KeyedCall) {
  const { runtime, request, room, requester, note } = call;
  const body = await readJson(request, chatRequest, { ...jsonLimits, room });
  note({ model: body.model });
  const sideAnswer = findSideAnswer(call, body.model, body.messages, { chat: body });
  if (sideAnswer !== undefined) return { body, sideAnswer };
  const autoReference = runtime.settings.current()['chat.auto_reference'];
  const { generation, ...asked } = decodeChatRequest(body, { autoReference });
  const repeat = readRepeat(request, '/v1/chat/completions', hashBody(body));
  const submission = await submitOnce(runtime, [generation], requester, repeat, request.signal);
  for (const { jobId } of submission.jobs) note({ jobId });
  room.release();
  return { submission, asked: { ...asked, prompt: generation.prompt } };
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
    lateError: (error) => encodeLateFailure(head, error),
  });
}

export const OPTIONS = preflight;
const refuse = methodNotAllowed(encodeError, 'POST');
export const GET = refuse;
export const PUT = refuse;
export const PATCH = refuse;
export const DELETE = refuse;
