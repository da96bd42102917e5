import { type Answer, htmlAnswer, jsonAnswer } from './answer';
import { type Call, notFound, readBody, requireBearer, requireSession } from './call';
import { googleRefusal, trpcRefusal } from './google-error';
import { readVideoFile } from './mp4';
import { cancel, isEnded } from './operations';
import { renderPicture } from './pictures';
import { cancelBody, deleteAssetsBody } from './schemas';
import { deleteMedia, findMedia, isReady } from './state';
import { signedUrl } from './wire-media';

const urlTypes = ['MEDIA_URL_TYPE_FULL_MEDIA', 'MEDIA_URL_TYPE_THUMBNAIL'];

/** `GET /trpc/media.getMediaUrlRedirect?name=…&mediaUrlType=…`: sends on to the CDN. */
export function redirectToMedia(call: Call): Answer {
  const procedure = 'media.getMediaUrlRedirect';
  const { world, url } = call;
  const account = requireSession(call, procedure);
  const name = url.searchParams.get('name');
  const urlType = url.searchParams.get('mediaUrlType') ?? 'MEDIA_URL_TYPE_FULL_MEDIA';
  const isPlain = [...url.searchParams.keys()].every((key) => key === 'name' || key === 'mediaUrlType');
  if (name === null || !isPlain || !urlTypes.includes(urlType)) throw trpcRefusal(400, procedure);
  const media = findMedia(world, account, name);
  if (media === undefined || !isReady(world, media)) throw trpcRefusal(404, procedure, 'Media not found');
  const folder = media.kind === 'video' && urlType === 'MEDIA_URL_TYPE_FULL_MEDIA' ? 'video' : 'image';
  return {
    ...htmlAnswer(world.settings.redirectStatus, 'Redirecting'),
    headers: { location: signedUrl(world, media, folder) },
  };
}

/** `GET /v1/media/{id}`: the whole file as base64. */
export async function readMedia(call: Call): Promise<Answer> {
  const { world } = call;
  const account = requireBearer(call);
  const name = call.parameters[0] ?? '';
  const media = findMedia(world, account, name);
  if (media === undefined || !isReady(world, media)) throw notFound(call, `media ${name}`);
  const { seed, prompt, modelKey, aspectRatio } = media;
  if (media.kind === 'image') {
    const encodedImage = (await renderPicture(world, media)).toString('base64');
    return jsonAnswer({ name, image: { encodedImage, seed, prompt, modelNameType: modelKey, aspectRatio } });
  }
  const encodedVideo = readVideoFile(media).toString('base64');
  return jsonAnswer({ name, video: { encodedVideo, seed, prompt, model: modelKey, aspectRatio } });
}

/** `POST /v1/flow:batchDeleteAssets`. One unknown id refuses all. */
export function deleteAssets(call: Call): Answer {
  const { world } = call;
  const account = requireBearer(call);
  const { mediaIds } = readBody(call, deleteAssetsBody);
  const found = mediaIds.flatMap((id) => findMedia(world, account, id) ?? []);
  if (found.length < mediaIds.length) throw notFound(call, 'unknown media');
  for (const media of found) deleteMedia(world, media);
  return jsonAnswer({});
}

/** `POST /v1/flowMedia:cancelGeneration`. Videos only, and only while they are made. */
export function cancelGeneration(call: Call): Answer {
  const { world } = call;
  const account = requireBearer(call);
  const { mediaId } = readBody(call, cancelBody);
  const operation = findMedia(world, account, mediaId)?.operation;
  if (operation === undefined) throw notFound(call, `video ${mediaId}`);
  if (isEnded(operation)) {
    throw googleRefusal(400, `${mediaId} has ended`, {
      rpcStatus: 'FAILED_PRECONDITION',
      message: 'Precondition check failed.',
      reason: 'PUBLIC_ERROR_MEDIA_GENERATION_CANNOT_BE_CANCELED',
    });
  }
  if (world.settings.cancelTakesEffect) cancel(world, operation);
  return jsonAnswer({});
}
