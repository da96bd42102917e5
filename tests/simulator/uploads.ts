import sharp from 'sharp';
import { requireProject } from './admission';
import { type Answer, jsonAnswer } from './answer';
import { type Call, invalidArgument, readBody, requireBearer } from './call';
import { googleRefusal } from './google-error';
import { encodeLongMediaId } from './ids';
import { uploadImageBody, uploadUserImageBody } from './schemas';
import { type AccountState, addMedia, type Media, type Project } from './state';

const largestUploadBytes = 20 * 1024 * 1024;
const acceptedFormats = new Set(['jpeg', 'png', 'webp']);
const thumbnailSide = 192;
// Small pictures of uploads are kept to be drawn as references; beyond this many, the oldest are forgotten.
const keptThumbnails = 2_000;

/** `POST /v1:uploadUserImage`, the form of December 2025. The picture belongs to no project. */
export async function uploadUserImage(call: Call): Promise<Answer> {
  const account = requireBearer(call);
  const { imageInput } = readBody(call, uploadUserImageBody);
  const media = await keepUpload(call, account, { base64: imageInput.rawImageBytes, project: undefined });
  return jsonAnswer({
    mediaGenerationId: { mediaGenerationId: media.name },
    width: media.width,
    height: media.height,
  });
}

/** `POST /v1/flow/uploadImage` */
export async function uploadImage(call: Call): Promise<Answer> {
  const account = requireBearer(call);
  const body = readBody(call, uploadImageBody);
  const project = requireProject(call, account, body.clientContext.projectId);
  const media = await keepUpload(call, account, { base64: body.imageBytes, project });
  return jsonAnswer({
    media: {
      name: media.name,
      projectId: project.id,
      image: {
        userUploadedImage: { aspectRatio: media.aspectRatio },
        dimensions: { width: media.width, height: media.height },
      },
      mediaMetadata: { visibility: 'PRIVATE' },
    },
    workflow: { name: media.workflowId },
  });
}

async function keepUpload(
  call: Call,
  account: AccountState,
  upload: { base64: string; project: Project | undefined },
): Promise<Media> {
  const { world } = call;
  const bytes = decodeBase64(call, upload.base64);
  const { width, height, thumbnail } = await readPicture(call, bytes);
  const uuid = world.random.uuid();
  const workflowId = world.random.uuid();
  const media: Media = {
    name: upload.project === undefined ? encodeLongMediaId({ kind: 'image', workflowId, uuid }) : uuid,
    fileId: uuid,
    kind: 'image',
    origin: 'upload',
    account,
    project: upload.project,
    workflowId,
    batchId: null,
    sceneId: null,
    modelKey: '',
    prompt: '',
    seed: 0,
    aspectRatio: nearestAspect(width, height),
    width,
    height,
    seconds: 0,
    references: [],
    thumbnail,
    createdAt: world.now(),
    readyAt: world.now(),
    expiresAt: world.now() + world.settings.uploadLifetimeMs,
    operation: undefined,
  };
  addMedia(world, media);
  forgetOldThumbnails(world.uploads, media);
  return media;
}

function decodeBase64(call: Call, text: string): Buffer {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text)) throw invalidArgument(call, 'not plain base64');
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length > largestUploadBytes) {
    throw googleRefusal(400, `${call.name}: ${bytes.length} bytes`, {
      reason: 'PUBLIC_ERROR_IMAGE_TOO_LARGE',
    });
  }
  return bytes;
}

async function readPicture(
  call: Call,
  bytes: Buffer,
): Promise<{ width: number; height: number; thumbnail: Buffer | undefined }> {
  try {
    const { format, autoOrient } = await sharp(bytes).metadata();
    if (!acceptedFormats.has(format)) throw new Error(`format ${format}`);
    const thumbnail = call.world.settings.render
      ? await sharp(bytes)
          .autoOrient()
          .resize(thumbnailSide, thumbnailSide, { fit: 'inside' })
          .flatten()
          .jpeg()
          .toBuffer()
      : undefined;
    return { ...autoOrient, thumbnail };
  } catch (cause) {
    throw googleRefusal(400, `${call.name}: ${cause instanceof Error ? cause.message : cause}`, {
      reason: 'PUBLIC_ERROR_UNKNOWN_IMAGE_FILE_FORMAT',
    });
  }
}

const aspects = [
  ['IMAGE_ASPECT_RATIO_LANDSCAPE', 16 / 9],
  ['IMAGE_ASPECT_RATIO_PORTRAIT', 9 / 16],
  ['IMAGE_ASPECT_RATIO_SQUARE', 1],
  ['IMAGE_ASPECT_RATIO_LANDSCAPE_FOUR_THREE', 4 / 3],
  ['IMAGE_ASPECT_RATIO_PORTRAIT_THREE_FOUR', 3 / 4],
] as const;

/** The aspect name whose ratio is nearest, in the sense in which 2:1 is as far from 1:1 as 1:2. */
function nearestAspect(width: number, height: number): string {
  const distance = (ratio: number) => Math.abs(Math.log(width / height / ratio));
  return aspects.reduce((best, next) => (distance(next[1]) < distance(best[1]) ? next : best))[0];
}

function forgetOldThumbnails(uploads: Media[], media: Media): void {
  uploads.push(media);
  if (uploads.length <= keptThumbnails) return;
  const oldest = uploads.shift();
  if (oldest !== undefined) oldest.thumbnail = undefined;
}
