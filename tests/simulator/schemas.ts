import { z } from 'zod';

// What the wire takes, strictly: a member that the real one does not know is refused. The December and the current form
// of a call have a schema each; what both share is written once.

const imageAspects = [
  'IMAGE_ASPECT_RATIO_LANDSCAPE',
  'IMAGE_ASPECT_RATIO_PORTRAIT',
  'IMAGE_ASPECT_RATIO_SQUARE',
  'IMAGE_ASPECT_RATIO_LANDSCAPE_FOUR_THREE',
  'IMAGE_ASPECT_RATIO_PORTRAIT_THREE_FOUR',
  'IMAGE_ASPECT_RATIO_UNSPECIFIED',
] as const;

const int32 = z.int().min(0).max(2_147_483_647);
const text = z.string().min(1);
const uuid = z.uuid();
const sessionId = z.string().regex(/^;\d{13}$/);
const projectId = z.string().regex(/^[A-Za-z0-9-]{1,128}$/);
const tier = z.enum(['PAYGATE_TIER_NOT_PAID', 'PAYGATE_TIER_ONE', 'PAYGATE_TIER_TWO']);
const pinhole = z.literal('PINHOLE');
const imageAspect = z.enum(imageAspects);
// The enum has SQUARE too, but no model offers it.
const videoAspect = z.enum([
  'VIDEO_ASPECT_RATIO_LANDSCAPE',
  'VIDEO_ASPECT_RATIO_PORTRAIT',
  'VIDEO_ASPECT_RATIO_SQUARE',
]);
const recaptchaContext = z.strictObject({
  token: z.string(),
  applicationType: z.literal('RECAPTCHA_APPLICATION_TYPE_WEB'),
});
const structuredPrompt = z.strictObject({ parts: z.array(z.strictObject({ text })).min(1) });
const cropCoordinates = z.strictObject({
  top: z.number().optional(),
  left: z.number().optional(),
  bottom: z.number().optional(),
  right: z.number().optional(),
});

// ---- Uploads

export const uploadUserImageBody = z.strictObject({
  imageInput: z.strictObject({
    rawImageBytes: text,
    mimeType: z.string().startsWith('image/'),
    isUserUploaded: z.boolean(),
    aspectRatio: imageAspect,
  }),
  clientContext: z.strictObject({ sessionId, tool: z.literal('ASSET_MANAGER') }),
});

export const uploadImageBody = z.strictObject({
  clientContext: z.strictObject({ sessionId, projectId, tool: pinhole }),
  fileName: text,
  imageBytes: text,
  isHidden: z.boolean(),
  isUserUploaded: z.boolean(),
  mimeType: z.string().startsWith('image/'),
  cropCoordinates: cropCoordinates.optional(),
  isNotIngredient: z.boolean().optional(),
  mediaGenerationContext: z.strictObject({ batchId: uuid }).optional(),
  mediaIdSeed: z.string().optional(),
  workflowIdSeed: z.string().optional(),
  parentMediaGenerationId: z.string().optional(),
});

// ---- Images

const imageInput = z.strictObject({
  name: text,
  imageInputType: z.enum(['IMAGE_INPUT_TYPE_REFERENCE', 'IMAGE_INPUT_TYPE_BASE_IMAGE']),
});

const imageItem = { seed: int32, imageAspectRatio: imageAspect, imageInputs: z.array(imageInput) };

export const decemberImagesBody = z.strictObject({
  clientContext: z.strictObject({ recaptchaToken: z.string(), sessionId }),
  requests: z
    .array(
      z.strictObject({
        clientContext: z.strictObject({ recaptchaToken: z.string(), projectId, sessionId, tool: pinhole }),
        imageModelName: z.enum(['GEM_PIX', 'GEM_PIX_2', 'IMAGEN_3_5']),
        prompt: text,
        ...imageItem,
      }),
    )
    .min(1)
    .max(4),
});

const currentImageContext = z.strictObject({ recaptchaContext, sessionId, projectId, tool: pinhole });

export const currentImagesBody = z.strictObject({
  clientContext: currentImageContext,
  mediaGenerationContext: z.strictObject({ batchId: uuid }),
  useNewMedia: z.literal(true),
  requests: z
    .array(
      z.strictObject({
        clientContext: currentImageContext,
        imageModelName: z.enum(['GEM_PIX', 'GEM_PIX_2', 'NARWHAL', 'HARBOR_SEAL', 'IMAGEN_3_5']),
        prompt: text.optional(),
        structuredPrompt: structuredPrompt.optional(),
        ...imageItem,
      }),
    )
    .min(1)
    .max(4),
});

export const upsampleImageBody = z.strictObject({
  mediaId: text,
  targetResolution: z.enum(['UPSAMPLE_IMAGE_RESOLUTION_2K', 'UPSAMPLE_IMAGE_RESOLUTION_4K']),
  clientContext: z.strictObject({
    recaptchaContext,
    sessionId,
    projectId,
    tool: pinhole,
    userPaygateTier: tier,
  }),
});

// ---- Videos

const frame = z.strictObject({
  mediaId: text,
  cropCoordinates: cropCoordinates.optional(),
  aspectRatio: imageAspect.optional(),
});
const referenceImages = z
  .array(z.strictObject({ imageUsageType: z.literal('IMAGE_USAGE_TYPE_ASSET'), mediaId: text }))
  .min(1);

const decemberItem = z.strictObject({
  aspectRatio: videoAspect,
  seed: int32,
  textInput: z.strictObject({ prompt: text }),
  videoModelKey: text,
  metadata: z.strictObject({ sceneId: uuid }),
});

const decemberEnvelope = {
  clientContext: z.strictObject({
    recaptchaToken: z.string(),
    sessionId,
    projectId,
    tool: pinhole,
    userPaygateTier: tier,
  }),
};

const decemberBody = <Item extends z.ZodType>(item: Item) =>
  z.strictObject({ ...decemberEnvelope, requests: z.array(item).min(1).max(4) });

export const decemberVideoBodies = {
  t2v: decemberBody(decemberItem),
  startAndEndImage: decemberBody(decemberItem.extend({ startImage: frame, endImage: frame.optional() })),
  referenceImages: decemberBody(decemberItem.extend({ referenceImages })),
};

const audioFailurePreference = z.enum(['BLOCK_SILENCED_VIDEOS', 'RETURN_SILENCED_VIDEOS']).optional();
const outputSpec = z
  .strictObject({ resolution: z.enum(['VIDEO_RESOLUTION_720P', 'VIDEO_RESOLUTION_360P']) })
  .optional();

const currentItem = z.strictObject({
  aspectRatio: videoAspect,
  seed: int32,
  videoModelKey: text,
  metadata: z.strictObject({ sceneId: uuid.optional(), workflowId: uuid.optional() }),
});
const textInput = z.strictObject({ prompt: text.optional(), structuredPrompt: structuredPrompt.optional() });
const generated = currentItem.extend({ textInput, outputSpec });

const currentEnvelope = {
  mediaGenerationContext: z.strictObject({ batchId: uuid, audioFailurePreference }),
  clientContext: z.strictObject({
    recaptchaContext,
    sessionId,
    projectId,
    tool: pinhole,
    userPaygateTier: tier,
  }),
  useV2ModelConfig: z.literal(true),
};

const currentBody = <Item extends z.ZodType>(item: Item) =>
  z.strictObject({ ...currentEnvelope, requests: z.array(item).min(1).max(4) });

const frameIndex = z.int().min(0).optional();
const sceneContext = z.strictObject({ sceneId: uuid, position: z.int() }).optional();

export const currentVideoBodies = {
  t2v: currentBody(generated),
  startImage: currentBody(generated.extend({ startImage: frame })),
  startAndEndImage: currentBody(generated.extend({ startImage: frame, endImage: frame })),
  referenceImages: currentBody(
    generated.extend({
      referenceImages,
      referenceAudio: z.array(z.strictObject({ mediaId: text })).optional(),
      referenceEntities: z.array(z.strictObject({ entityId: text })).optional(),
    }),
  ),
  extendVideo: currentBody(
    currentItem.extend({
      textInput,
      videoInput: z.strictObject({ mediaId: text, startFrameIndex: frameIndex, endFrameIndex: frameIndex }),
    }),
  ).extend({
    mediaGenerationContext: z.strictObject({ batchId: uuid, audioFailurePreference, sceneContext }),
  }),
  upsampleVideo: currentBody(
    currentItem.extend({
      resolution: z.enum(['VIDEO_RESOLUTION_1080P', 'VIDEO_RESOLUTION_4K']),
      videoInput: z.strictObject({ mediaId: text }),
    }),
  ),
};

// ---- Polls, deletion, joining

const operationItem = z.strictObject({
  // Items may be echoed as they came, with what an answer had put into them.
  operation: z.strictObject({ name: text, metadata: z.unknown().optional(), error: z.unknown().optional() }),
  sceneId: z.string().optional(),
  mediaGenerationId: z.string().optional(),
  status: z.string().optional(),
});

export const decemberStatusBody = z.strictObject({ operations: z.array(operationItem).min(1).max(100) });
export const currentStatusBody = z.strictObject({
  media: z
    .array(z.strictObject({ name: text, projectId }))
    .min(1)
    .max(100)
    .optional(),
  operations: z.array(operationItem).min(1).max(100).optional(),
});

export const cancelBody = z.strictObject({ mediaId: text });
export const deleteAssetsBody = z.strictObject({ mediaIds: z.array(text).min(1) });

const duration = z.string().regex(/^\d+(\.\d{1,9})?s$/);
export const concatenateBody = z.strictObject({
  inputVideos: z
    .array(
      z.strictObject({
        mediaGenerationId: text,
        length: z.string().regex(/^\d+$/),
        startTimeOffset: duration,
        endTimeOffset: duration,
      }),
    )
    .min(1),
});
export const checkConcatenationBody = z.strictObject({
  operation: z.strictObject({ operation: z.strictObject({ name: text }) }),
});

// ---- labs (tRPC)

export const createProjectInput = z.strictObject({
  json: z.strictObject({ projectTitle: text, toolName: pinhole }),
});
export const deleteProjectInput = z.strictObject({ json: z.strictObject({ projectToDeleteId: projectId }) });
export const deleteMediaInput = z.strictObject({ json: z.strictObject({ names: z.array(text).min(1) }) });
export const projectInitialDataInput = z.strictObject({ json: z.strictObject({ projectId }) });
