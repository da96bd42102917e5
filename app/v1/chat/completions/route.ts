import { follow } from '@/lib/generation/follow';
import { submit } from '@/lib/generation/submit';
import type { GenerationEvent } from '@/lib/generation/types';
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
import { preflight } from '@/lib/route/cors';
import { gatewayRoute, type Note } from '@/lib/route/gateway-route';
import { lateJson } from '@/lib/route/late-json';
import { methodNotAllowed } from '@/lib/route/not-found';
import { publicOrigin } from '@/lib/route/public-origin';
import { readJson } from '@/lib/route/read-json';
import { sseResponse } from '@/lib/route/sse-response';
import { untilRestart } from '@/lib/route/until-restart';

export const dynamic = 'force-dynamic';
export const runtime = 'nodejs';

export const POST = gatewayRoute(
  encodeError,
  async ({ runtime, request, requestId, key, note }) => {
    const settings = runtime.settings.current();
    const { signal } = request;
    const body = await readJson(request, chatRequest);
    note({ model: body.model });
    const asked = decodeChatRequest(body, { autoReference: settings['chat.auto_reference'] });
    const job = await submit(runtime, asked.generation, { apiKeyId: key.id, requestId }, signal);
    note({ jobId: job.jobId });

    const head: ChatHead = {
      id: `chatcmpl-${job.jobId}`,
      created: Math.floor(runtime.now().getTime() / 1_000),
      model: job.model,
    };
    const style: ChatStyle = {
      origin: publicOrigin(runtime, request),
      videoMarkup: settings['chat.video_markup'],
      kind: job.kind,
      jobId: job.jobId,
      prompt: asked.generation.prompt,
      includeUsage: asked.includeUsage,
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
