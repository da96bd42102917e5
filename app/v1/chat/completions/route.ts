import { follow } from '@/lib/generation/follow';
import { submit } from '@/lib/generation/submit';
import type { GenerationEvent } from '@/lib/generation/types';
import { readDataUrl } from '@/lib/media/data-url';
import {
  type ChatHead,
  type ChatStyle,
  chatRequest,
  decodeChatRequest,
  encodeChatCompletion,
  encodeChatStream,
  encodeHeartbeat,
  encodeLateCompletion,
  encodeLateFailure,
} from '@/lib/openai/chat';
import { encodeError } from '@/lib/openai/error';
import { addressOf } from '@/lib/openai/media-address';
import { preflight } from '@/lib/route/cors';
import { gatewayRoute, type KeyedCall, type Note } from '@/lib/route/gateway-route';
import { lateJson } from '@/lib/route/late-json';
import { methodNotAllowed } from '@/lib/route/not-found';
import { publicOrigin } from '@/lib/route/public-origin';
import { jsonLimits, readJson } from '@/lib/route/read-json';
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
    const { job, asked } = await accept(call);
    const head: ChatHead = {
      id: `chatcmpl-${job.jobId}`,
      created: Math.floor(runtime.now().getTime() / 1_000),
      model: job.model,
    };
    const origin = publicOrigin(runtime, request);
    const style: ChatStyle = {
      origin,
      videoMarkup: settings['chat.video_markup'],
      kind: job.kind,
      jobId: job.jobId,
      prompt: asked.prompt,
      includeUsage: asked.includeUsage,
      ...(asked.wantsImages
        ? { imageAddress: async (item) => (await readDataUrl(runtime, item.id)) ?? addressOf(item, origin) }
        : {}),
    };
    const keepAliveMs = settings['chat.keep_alive'] * 1_000;
    const events = (until: AbortSignal) =>
      noteEnd(untilRestart(follow(runtime, job.jobId, until), runtime, job.jobId), note);
    if (asked.stream) {
      return sseResponse((until) => encodeChatStream(events(until), head, style), {
        signal,
        heartbeat: { everyMs: keepAliveMs, payload: (elapsedMs) => encodeHeartbeat(head, elapsedMs) },
        lateError: (error) => encodeLateFailure(head, error),
      });
    }
    return lateJson((until) => encodeChatCompletion(events(until), head, style), {
      signal,
      waitMs: settings['chat.wait_before_headers'] * 1_000,
      keepAliveMs,
      lateError: (error) => encodeLateCompletion(head, style, error),
    });
  },
  { creates: true },
);

/** Reads and submits. The body and its pictures end here, and so does their memory: the answer may take minutes. */
async function accept({ runtime, request, room, requester, note }: KeyedCall) {
  const body = await readJson(request, chatRequest, { ...jsonLimits, room });
  note({ model: body.model });
  const autoReference = runtime.settings.current()['chat.auto_reference'];
  const { generation, ...asked } = decodeChatRequest(body, { autoReference });
  const job = await submit(runtime, generation, requester, request.signal);
  note({ jobId: job.jobId });
  room.release();
  return { job, asked: { ...asked, prompt: generation.prompt } };
}

/** A failed job ends in a good answer of ours, so the log has to be told. */
async function* noteEnd(events: AsyncIterable<GenerationEvent>, note: (facts: Note) => void) {
  for await (const event of events) {
    if (event.type === 'failed') note({ errorCode: event.error.code, errorMessage: event.error.message });
    if (event.type === 'cancelled') note({ errorCode: 'cancelled' });
    yield event;
  }
}

export const OPTIONS = preflight;
const refuse = methodNotAllowed(encodeError, 'POST');
export const GET = refuse;
export const PUT = refuse;
export const PATCH = refuse;
export const DELETE = refuse;
