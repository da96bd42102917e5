import { z } from 'zod';

// Answers of upstream: only what is used, tolerant of whatever is added or left out.

/** A member that is dropped when it is not of the shape we know, rather than spoiling the whole answer. */
const lenient = <Schema extends z.ZodType>(schema: Schema) => schema.nullish().catch(undefined);

const text = lenient(z.string());
// JSON of protocol buffers writes 64-bit integers as text.
const integer = z.union([z.int(), z.string().regex(/^\d+$/).transform(Number)]);
const number = lenient(integer);

/** The items of a list that can be read; one of another shape does not take the others with it. */
const listOf = <Schema extends z.ZodType>(item: Schema) =>
  z
    .array(item.nullable().catch(null))
    .transform((items) => items.filter((one) => one !== null))
    .nullish();

/** A `google.rpc` error (protocol of the API, also of its proxies). */
export const errorBody = z.object({
  error: z.object({
    message: text,
    status: text,
    details: lenient(z.array(z.object({ reason: text }).nullish())),
  }),
});

export const sessionAnswer = z.object({
  access_token: text,
  expires: text,
  error: lenient(z.union([z.string(), z.object({})])),
  user: lenient(z.object({ email: text, name: text })),
});

export const creditsAnswer = z.object({
  credits: integer.nullish(),
  userPaygateTier: text,
  serviceTier: text,
  sku: text,
});

/** What a tRPC call of labs wraps its result in. */
export const trpcAnswer = z.object({
  result: z.object({
    data: z.object({ json: z.object({ status: number, result: z.unknown().optional() }).loose() }),
  }),
});

export const createdProject = z.object({
  projectId: z.string().min(1),
  projectInfo: lenient(z.object({ projectTitle: text })),
});

const mediaStatusError = z.object({ code: lenient(z.number()), message: text });
export type MediaStatusError = z.infer<typeof mediaStatusError>;

const named = z.object({ name: text });

export const startedConcatenation = z.object({
  operation: z.object({ operation: z.object({ name: z.string().min(1) }) }),
});

/** The state of a join, without the file that a finished one has beside it. */
export const concatenationStatus = z.object({
  status: text,
  outputUri: text,
  error: lenient(mediaStatusError),
});

/** A picture or video, as submits, polls and the listing show it. */
const mediaItem = z.object({
  name: text,
  projectId: text,
  workflowId: text,
  sceneId: text,
  mediaMetadata: lenient(
    z.object({
      mediaStatus: lenient(
        z.object({
          mediaGenerationStatus: text,
          error: lenient(mediaStatusError),
          failureReasons: lenient(z.array(z.string())),
        }),
      ),
    }),
  ),
  image: lenient(
    z.object({
      generatedImage: lenient(
        z.object({
          fifeUrl: text,
          encodedImage: text,
          seed: number,
          prompt: text,
          requestData: lenient(z.object({ promptInputs: lenient(z.array(z.object({ textInput: text }))) })),
        }),
      ),
      dimensions: lenient(z.object({ width: number, height: number })),
    }),
  ),
  video: lenient(
    z.object({
      generatedVideo: lenient(z.object({})),
      dimensions: lenient(z.object({ width: number, height: number })),
      operation: lenient(named),
      fifeUrl: text,
      videoUrl: text,
      outputUri: text,
      downloadUri: text,
      uri: text,
      url: text,
    }),
  ),
});
export type MediaItem = z.infer<typeof mediaItem>;

const operationMetadata = z.object({
  name: text,
  video: lenient(z.object({ fifeUrl: text, mediaGenerationId: text })),
});

/** A running video in the form of December 2025. */
const operationItem = z.object({
  operation: lenient(
    z.object({ name: text, metadata: lenient(operationMetadata), error: lenient(mediaStatusError) }),
  ),
  metadata: lenient(operationMetadata),
  sceneId: text,
  mediaGenerationId: text,
  status: text,
  error: lenient(mediaStatusError),
});
export type OperationItem = z.infer<typeof operationItem>;

const workflowItem = z.object({
  name: text,
  metadata: lenient(z.object({ batchId: text, sceneId: text, primaryMediaId: text })),
});
export type WorkflowItem = z.infer<typeof workflowItem>;

/** Answer of a submit, and of a status call. Early servers gave the pictures as a bare array. */
export const mediaAnswer = z.preprocess(
  (value) => (Array.isArray(value) ? { media: value } : value),
  z.object({
    media: listOf(mediaItem),
    operations: listOf(operationItem),
    remainingCredits: number,
  }),
);
export type MediaAnswer = z.infer<typeof mediaAnswer>;

/** Answer of an upload: an object or an array of them, or the id of December 2025, nested in a key of its own name. */
export const uploadAnswer = z.object({
  media: z.union([z.array(named), named.transform((media) => [media])]).nullish(),
  mediaGenerationId: z.object({ mediaGenerationId: text }).nullish(),
});

/** What a project holds. */
export const projectListing = z.object({
  projectContents: z.object({
    media: listOf(mediaItem),
    workflows: listOf(workflowItem),
  }),
});
export type ProjectContents = z.infer<typeof projectListing>['projectContents'];
