import { GatewayError } from '../errors';
import { findJob, type Owner } from '../generation/view';
import { addressOf } from '../openai/media-address';
import type { NamedItem, NamedPicture } from '../openai/responses';
import type { Runtime } from '../runtime';

/**
 * The pictures of earlier answers that a conversation names by the ids of their items. Throws `invalid_request` for an id
 * that no answer to this API key had: what a client believes to be kept here must not be passed over in silence.
 */
export function findNamedPictures(
  runtime: Pick<Runtime, 'db' | 'now' | 'queueView'>,
  items: readonly NamedItem[],
  { origin, ...owner }: Owner & { origin: string },
): Promise<NamedPicture[]> {
  return Promise.all(
    items.map(async ({ at, id, jobId, picture }): Promise<NamedPicture> => {
      const job = jobId === undefined ? undefined : await findJob(runtime, jobId, owner);
      if (job === undefined) throw unknown(id, at);
      if (job.kind === 'video' || job.state !== 'completed') return { at }; // nothing that can be gone on from
      const item = job.media.filter(({ role }) => role === 'result').at(picture ?? -1);
      if (item === undefined) throw unknown(id, at);
      return { at, picture: { type: 'url', url: addressOf(item, origin), param: `input.${at}` } };
    }),
  );
}

const unknown = (id: string, at: number) =>
  new GatewayError(
    'invalid_request',
    `"input.${at}" names the item ${JSON.stringify(id.slice(0, 100))}, which is not known here or no longer kept. Send the item itself, or a picture as an "input_image", or leave it out.`,
    { param: `input.${at}` },
  );
