import { createHash } from 'node:crypto';
import { GatewayError } from '../errors';
import { findOldFile } from '../media/old-files';
import type { Runtime } from '../runtime';
import { forGood, nameFile, sendFile, unopened } from './send-file';

/** What the predecessor served below `/tmp`, so that addresses in old chats stay good. Throws `not_found`. */
export async function oldFileResponse(
  { env, settings }: Pick<Runtime, 'env' | 'settings'>,
  request: Request,
  name: string,
): Promise<Response> {
  const file = settings.current()['compatibility.enabled'] ? await findOldFile(env.dataDir, name) : undefined;
  if (file === undefined) {
    throw new GatewayError('not_found', 'There is no such file.', { wireCode: 'media_not_found' });
  }
  const { contentType, sizeBytes, modifiedAt } = file;
  const version = createHash('sha256').update(`${name} ${sizeBytes} ${modifiedAt.getTime()}`).digest('hex');
  const headers = new Headers({
    'content-type': contentType,
    etag: `"${version.slice(0, 32)}"`,
    'last-modified': modifiedAt.toUTCString(),
    'cache-control': forGood,
    'content-disposition': nameFile(name, request),
    ...unopened,
  });
  return sendFile(request, { headers, sizeBytes }, (range) => file.stream(range));
}
