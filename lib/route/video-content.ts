import { GatewayError } from '../errors';
import { findVideoJob } from '../generation/videos';
import type { Owner } from '../generation/view';
import type { Runtime } from '../runtime';
import { fileResponse, posterResponse } from './media-response';

type Want = { jobId: string; variant: 'video' | 'thumbnail' };

/**
 * The file of a video of the owner, or the small picture of it. `undefined` when there is no such video. Throws
 * `invalid_request` while there is no file yet, or when there never will be, and `gone` when it is kept no longer.
 */
export async function videoContent(
  runtime: Runtime,
  request: Request,
  { jobId, variant }: Want,
  owner: Owner,
): Promise<Response | undefined> {
  const found = await findVideoJob(runtime, jobId, owner);
  if (found === undefined) return undefined;
  const [file] = found.media;
  if (file === undefined) throw noFile(found.job.state);
  const response = await (variant === 'video' ? fileResponse : posterResponse)(runtime, request, file);
  // Only whoever has the key may have it, and only until it is deleted.
  if (response.headers.get('cache-control') !== 'no-store') {
    response.headers.set('cache-control', 'private, no-cache');
  }
  return response;
}

/** Not 409, which client libraries repeat at once. */
const noFile = (state: string) =>
  state === 'queued' || state === 'running'
    ? new GatewayError('invalid_request', 'The video is not finished yet. Look at its "status" first.', {
        wireCode: 'video_not_ready',
      })
    : new GatewayError('invalid_request', 'This video was not made; its "error" says why.', {
        wireCode: 'video_failed',
      });
