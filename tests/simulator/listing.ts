import type { Tier } from './contract';
import { findModelKey, listModelKeys, type ModelKey, serviceTiers } from './model-keys';
import { isEnded, operationStatus } from './operations';
import type { AccountState, Media, Project, World } from './state';
import { finishedVideo, requestData, videoHead, workflow } from './wire-media';

/** What `flow.projectInitialData` tells: who, which models, and what the project holds. */
export function projectListing(world: World, account: AccountState, project: Project) {
  return {
    userData: { credits: account.credits, serviceTier: serviceTiers[account.tier], settings: {} },
    modelConfig: modelConfig(world),
    projectContents: projectContents(world, project),
  };
}

function projectContents(world: World, project: Project) {
  if (world.settings.listing === 'empty') return { media: [], workflows: [], scenes: [] };
  const visibleUntil = world.now() - world.settings.listingDelayMs;
  const visible = [...project.media].filter(
    (media) => media.createdAt <= visibleUntil && media.expiresAt > world.now(),
  );
  return {
    media: visible.map((media) => listedMedia(world, media)),
    workflows: visible.filter((media) => media.origin !== 'upload').map(workflow),
    scenes: [],
  };
}

function listedMedia(world: World, media: Media) {
  if (media.operation !== undefined) return listedVideo(world, media);
  const createTime = new Date(media.createdAt).toISOString();
  const dimensions = { width: media.width, height: media.height };
  if (media.origin === 'upload') {
    const image = { userUploadedImage: { aspectRatio: media.aspectRatio }, dimensions };
    return { ...videoHead(media), image, mediaMetadata: { createTime, visibility: 'PRIVATE' } };
  }
  return {
    ...videoHead(media),
    image: {
      generatedImage: {
        seed: media.seed,
        prompt: media.prompt,
        modelNameType: media.modelKey,
        aspectRatio: media.aspectRatio,
        requestData: { promptInputs: [{ textInput: media.prompt }], imageGenerationRequestData: {} },
      },
      dimensions,
    },
    mediaMetadata: { createTime, visibility: 'PRIVATE' },
  };
}

/** Finished ones come without any status here, as listings of the real one do. */
function listedVideo(world: World, media: Media) {
  const { operation } = media;
  if (operation === undefined) return videoHead(media);
  const status = operationStatus(world, operation);
  const { error, failureReasons } = operation.outcome;
  const isFailed = isEnded(operation) && operation.outcome.end === 'failure';
  const mediaStatus = {
    mediaGenerationStatus: status,
    ...(isFailed && error !== undefined ? { error } : {}),
    ...(isFailed && failureReasons !== undefined ? { failureReasons } : {}),
  };
  return {
    ...videoHead(media),
    mediaMetadata: {
      createTime: new Date(media.createdAt).toISOString(),
      ...(media.readyAt === undefined ? { mediaStatus } : {}),
      requestData: requestData(operation),
      visibility: isFailed ? 'FILTERED' : 'PRIVATE',
    },
    video: isFailed ? { operation: { name: operation.name } } : finishedVideo(operation),
  };
}

const tiers: readonly Tier[] = ['PAYGATE_TIER_NOT_PAID', 'PAYGATE_TIER_ONE', 'PAYGATE_TIER_TWO'];

function modelConfig(world: World) {
  const { era } = world.settings;
  return {
    imageModelFamilies: imageFamilies.map(([id, displayName, maxImageReferences]) => ({
      id,
      displayName,
      usages: [{ key: id, maxImageReferences, creditMapping: creditMapping(() => 0) }],
    })),
    videoModelFamilies: [
      {
        id: 'video',
        displayName: 'Video',
        usages: listModelKeys(era).map((row) => ({
          ...usage(row),
          creditMapping: creditMapping((tier) => findModelKey(era, tier, row.key)?.credits),
        })),
      },
    ],
    tierDefaults: tiers.map((tier) => ({
      serviceTier: serviceTiers[tier],
      videoResolution: tier === 'PAYGATE_TIER_NOT_PAID' ? 'VIDEO_RESOLUTION_360P' : 'VIDEO_RESOLUTION_720P',
    })),
  };
}

const imageFamilies = [
  ['NARWHAL', 'Nano Banana 2', 10],
  ['GEM_PIX_2', 'Nano Banana Pro', 10],
  ['IMAGEN_3_5', 'Imagen 4', 3],
] as const;

function creditMapping(cost: (tier: Tier) => number | undefined) {
  return Object.fromEntries(tiers.map((tier) => [serviceTiers[tier], { cost: cost(tier) ?? 'UNAVAILABLE' }]));
}

const generationSeconds: Record<ModelKey['mode'], number> = {
  t2v: 100,
  frames: 180,
  r2v: 180,
  extend: 300,
  upsample: 330,
};

function usage(row: ModelKey) {
  return {
    key: row.key,
    videoLengthSeconds: row.seconds,
    generationTimeSeconds: generationSeconds[row.mode],
    maxImageInputs: row.mode === 'r2v' ? row.references : row.frames[1],
    outputsAudio: true,
    supportedAspectRatios: row.orientation === undefined ? ['LANDSCAPE', 'PORTRAIT'] : [row.orientation],
    supportedResolutions: [resolutionOf(row)],
    requirements: [requirements[row.mode]],
  };
}

const requirements: Record<ModelKey['mode'], readonly string[]> = {
  t2v: ['VIDEO_REQUIREMENT_TEXT'],
  frames: ['VIDEO_REQUIREMENT_TEXT', 'VIDEO_REQUIREMENT_START_IMAGE'],
  r2v: ['VIDEO_REQUIREMENT_TEXT', 'VIDEO_REQUIREMENT_REFERENCES'],
  extend: ['VIDEO_REQUIREMENT_TEXT', 'VIDEO_REQUIREMENT_VIDEO'],
  upsample: ['VIDEO_REQUIREMENT_VIDEO'],
};

function resolutionOf(row: ModelKey): string {
  if (row.mode !== 'upsample') return 'VIDEO_RESOLUTION_720P';
  return row.key.endsWith('4k') ? 'VIDEO_RESOLUTION_4K' : 'VIDEO_RESOLUTION_1080P';
}
