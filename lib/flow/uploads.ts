import type { Upstream, UpstreamAccess } from '../generation/upstream';
import { type FlowClient, makeSessionId, viaMediaProxy } from './client';
import { unreadableError } from './errors';
import { uploadAnswer } from './schemas';
import type { WireForms } from './wire-form';

type Picture = Parameters<Upstream['uploadReference']>[1];

const uploadTimeoutMs = 120_000;

const extensions: Readonly<Record<string, string>> = { 'image/png': 'png', 'image/webp': 'webp' };

/** Uploads a picture and gives its media id, in whichever of the two forms the server takes. */
export async function uploadReference(
  client: FlowClient,
  forms: WireForms,
  access: UpstreamAccess,
  picture: Picture,
  signal: AbortSignal,
): Promise<string> {
  const { bytes } = picture;
  const base64 = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
  const caller = viaMediaProxy(access);
  return forms.send(access, signal, async (form) => {
    const upload = form === 'current' ? currentUpload : decemberUpload;
    const answer = await client.requestJson(
      caller,
      {
        to: 'api',
        method: 'POST',
        ...upload(picture, base64, client.now()),
        timeoutMs: uploadTimeoutMs,
        risk: 'free',
        signal,
      },
      uploadAnswer,
    );
    const name =
      answer.media?.find((media) => media.name)?.name ?? answer.mediaGenerationId?.mediaGenerationId;
    if (!name) throw unreadableError('free', 'upload without a media id');
    return name;
  });
}

function currentUpload({ projectId, contentType }: Picture, base64: string, now: Date) {
  const body = {
    clientContext: { sessionId: makeSessionId(now), projectId, tool: 'PINHOLE' },
    fileName: `reference_${now.getTime()}.${extensions[contentType] ?? 'jpg'}`,
    isHidden: false,
    isUserUploaded: true,
    mimeType: contentType,
  };
  return { path: '/flow/uploadImage', body: withBytes(body, 'imageBytes', base64) };
}

function decemberUpload({ contentType, width, height }: Picture, base64: string, now: Date) {
  const imageInput = {
    mimeType: contentType,
    isUserUploaded: true,
    aspectRatio: `IMAGE_ASPECT_RATIO_${nearestAspect(width, height)}`,
  };
  const clientContext = JSON.stringify({ sessionId: makeSessionId(now), tool: 'ASSET_MANAGER' });
  return {
    path: ':uploadUserImage',
    body: `{"clientContext":${clientContext},"imageInput":${withBytes(imageInput, 'rawImageBytes', base64)}}`,
  };
}

/** The object as JSON with one member of base64 more, which needs no escaping and is not walked through for it. */
const withBytes = (members: object, name: string, base64: string) =>
  `${JSON.stringify(members).slice(0, -1)},"${name}":"${base64}"}`;

const aspects: Readonly<Record<string, number>> = {
  LANDSCAPE: 16 / 9,
  LANDSCAPE_FOUR_THREE: 4 / 3,
  SQUARE: 1,
  PORTRAIT_THREE_FOUR: 3 / 4,
  PORTRAIT: 9 / 16,
};

/** The ratio of the wire that is nearest, as a factor: 2:1 is as far from 1:1 as 1:2. */
function nearestAspect(width: number, height: number): string {
  const distance = (ratio: number) => Math.abs(Math.log(width / height / ratio));
  const [nearest = 'LANDSCAPE'] = Object.entries(aspects)
    .sort(([, one], [, other]) => distance(one) - distance(other))
    .map(([name]) => name);
  return nearest;
}
