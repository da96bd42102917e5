import type { Submission } from '../generation/submit-once';
import type { VideoView } from '../generation/types';
import { findVideo } from '../generation/videos';
import { encodeVideo, pollAfterMs, refuseUnknown } from '../openai/videos';
import type { KeyedCall } from './gateway-route';
import { answerAccepted, markReplayed, prefersAsync } from './repeat';

/** A video as it is now, and when to look again. */
export function answerVideo(video: VideoView): Response {
  const waitMs = pollAfterMs(video);
  return Response.json(encodeVideo(video), {
    headers: {
      'cache-control': 'no-store',
      ...(waitMs === undefined ? {} : { 'openai-poll-after-ms': String(waitMs) }),
    },
  });
}

/** The video of an accepted request, at once; its job for a client that prefers to be told only where that is. */
export async function answerCreated(call: KeyedCall, submission: Submission): Promise<Response> {
  if (prefersAsync(call.request)) return answerAccepted(call, submission);
  const { runtime, key } = call;
  const { jobs, joined } = submission;
  const video = await findVideo(runtime, jobs[0]?.jobId ?? '', { apiKeyId: key.id });
  return markReplayed(answerVideo(video ?? refuseUnknown()), joined);
}
