import { sign } from './signature';
import type { Media, Operation, World } from './state';

// How pictures and videos look in answers and in the listing.

const step = 'CAE';

export function currentImage(world: World, media: Media, encoded?: string) {
  return {
    name: media.name,
    ...(media.project === undefined ? {} : { projectId: media.project.id }),
    workflowId: media.workflowId,
    workflowStepId: step,
    image: {
      generatedImage: {
        seed: media.seed,
        ...pictureMembers(world, media, encoded),
        modelNameType: media.modelKey,
        aspectRatio: media.aspectRatio,
      },
      dimensions: { width: media.width, height: media.height },
    },
    mediaMetadata: { visibility: 'PRIVATE' },
  };
}

export function decemberImage(world: World, media: Media, encoded?: string) {
  return {
    name: media.name,
    workflowId: media.workflowId,
    image: {
      generatedImage: {
        ...pictureMembers(world, media, encoded),
        mediaGenerationId: media.name,
        seed: media.seed,
        prompt: media.prompt,
        modelNameType: media.modelKey,
        aspectRatio: media.aspectRatio,
        mediaVisibility: 'PRIVATE',
        workflowId: media.workflowId,
        requestData: { promptInputs: [{ textInput: media.prompt }], imageGenerationRequestData: {} },
      },
    },
  };
}

function pictureMembers(world: World, media: Media, encoded: string | undefined) {
  const { imageAnswer } = world.settings;
  return {
    ...(imageAnswer === 'url' || encoded === undefined ? {} : { encodedImage: encoded }),
    ...(imageAnswer === 'encoded' ? {} : { fifeUrl: signedUrl(world, media, 'image') }),
  };
}

export function workflow(media: Media) {
  return {
    name: media.workflowId,
    ...(media.project === undefined ? {} : { projectId: media.project.id }),
    metadata: {
      createTime: new Date(media.createdAt).toISOString(),
      primaryMediaId: media.name,
      ...(media.batchId === null ? {} : { batchId: media.batchId }),
      ...(media.sceneId === null ? {} : { sceneId: media.sceneId }),
    },
  };
}

const generationModes: Record<string, string> = {
  t2v: 'VIDEO_GENERATION_MODE_TEXT_TO_VIDEO',
  startImage: 'VIDEO_GENERATION_MODE_START_IMAGE_TO_VIDEO',
  startAndEndImage: 'VIDEO_GENERATION_MODE_START_AND_END_IMAGE_TO_VIDEO',
  referenceImages: 'VIDEO_GENERATION_MODE_REFERENCE_IMAGES_TO_VIDEO',
  extendVideo: 'VIDEO_GENERATION_MODE_EXTEND_VIDEO',
  upsampleVideo: 'VIDEO_GENERATION_MODE_UPSAMPLE_VIDEO',
};

function videoResolution(media: Media): string {
  const shorter = Math.min(media.width, media.height);
  return shorter === 2160 ? 'VIDEO_RESOLUTION_4K' : `VIDEO_RESOLUTION_${shorter}P`;
}

/** `media[]` of a submit answer. */
export function submittedVideo(operation: Operation) {
  const { media } = operation;
  return {
    ...videoHead(media),
    mediaMetadata: {
      mediaStatus: { mediaGenerationStatus: operation.waitingStatus },
      requestData: requestData(operation),
    },
    video: { generatedVideo: { model: media.modelKey, seed: media.seed } },
  };
}

export function requestData({ media, record }: Operation) {
  return {
    videoGenerationRequestData: {
      videoModelControlInput: {
        videoModelName: media.modelKey,
        videoGenerationMode: generationModes[record.call] ?? 'VIDEO_GENERATION_MODE_UNSPECIFIED',
        videoAspectRatio: media.aspectRatio,
        videoResolution: videoResolution(media),
      },
    },
    ...(media.prompt === '' ? {} : { promptInputs: [{ textInput: media.prompt }] }),
  };
}

export function videoHead(media: Media) {
  return {
    name: media.name,
    ...(media.project === undefined ? {} : { projectId: media.project.id }),
    workflowId: media.workflowId,
    workflowStepId: step,
  };
}

/** `video` of a finished item. */
export function finishedVideo({ media, name }: Operation) {
  return {
    generatedVideo: { seed: media.seed, model: media.modelKey, aspectRatio: media.aspectRatio },
    dimensions: { width: media.width, height: media.height, length: `${media.seconds}s` },
    operation: { name },
  };
}

/** `metadata` of a finished operation in the older form; only December has the URLs in it. */
export function operationMetadata(world: World, { media }: Operation) {
  const urls =
    world.settings.era === '2025-12'
      ? { fifeUrl: signedUrl(world, media, 'video'), servingBaseUri: signedUrl(world, media, 'image') }
      : {};
  return {
    '@type': 'type.googleapis.com/google.internal.labs.aisandbox.v1.Media',
    name: media.name,
    video: {
      seed: media.seed,
      mediaGenerationId: media.name,
      prompt: media.prompt,
      ...urls,
      mediaVisibility: 'PRIVATE',
      model: media.modelKey,
      isLooped: false,
      aspectRatio: media.aspectRatio,
    },
  };
}

/** A link to the CDN that needs no credentials and ends by itself. */
export function signedUrl(world: World, media: Media, folder: 'image' | 'video'): string {
  const expires = Math.floor((world.now() + world.settings.urlLifetimeMs) / 1_000);
  const path = `/cdn/${folder}/${media.fileId}`;
  const signer: [string, string] =
    world.settings.era === '2025-12'
      ? ['GoogleAccessId', 'labs-server@example.iam.gserviceaccount.com']
      : ['KeyName', 'labs-flow-prod-cdn-key'];
  const query = new URLSearchParams([
    ['Expires', String(expires)],
    signer,
    ['Signature', sign(world.signingKey, path, String(expires))],
  ]);
  return `${world.baseUrl()}${path}?${query}`;
}
