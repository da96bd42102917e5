import {
  checkChallenge,
  checkConcurrency,
  checkDailyQuota,
  countUses,
  promptOf,
  requireImage,
  requireProject,
  triggers,
} from './admission';
import { type Answer, jsonAnswer } from './answer';
import { type Call, invalidArgument, readBody, requireBearer } from './call';
import { googleRefusal } from './google-error';
import { encodeLongMediaId } from './ids';
import { recordImage, whileRunning } from './image-work';
import { renderPicture } from './pictures';
import { currentImagesBody, decemberImagesBody } from './schemas';
import { type AccountState, addMedia, type Media, type Project, type World } from './state';
import { currentImage, decemberImage, workflow } from './wire-media';

type ImageItem = {
  clientContext: ImageContext;
  seed: number;
  imageModelName: string;
  imageAspectRatio: string;
  prompt?: string | undefined;
  structuredPrompt?: { parts: { text: string }[] } | undefined;
  imageInputs: { name: string; imageInputType: string }[];
};
type ImageContext = {
  sessionId: string;
  projectId: string;
  recaptchaToken?: string;
  recaptchaContext?: { token: string };
};
type Order = {
  item: ImageItem;
  prompt: string;
  references: Media[];
  size: { width: number; height: number };
};

/** `POST /v1/projects/{projectId}/flowMedia:batchGenerateImages`. The answer holds the finished pictures. */
export async function generateImages(call: Call): Promise<Answer> {
  const account = requireBearer(call);
  const { items, batchId, token } = readImages(call);
  const project = checkContexts(call, account, items);
  checkModel(call, items);
  checkChallenge(call, account, { kind: 'image', token });
  const orders = items.map((item) => readOrder(call, account, item));
  checkSafety(call, orders);
  checkConcurrency(call, account, { running: account.runningImages, wanted: 1 });
  const modelKeys = items.map((item) => item.imageModelName);
  checkDailyQuota(call, account, modelKeys);
  countUses(call, account, modelKeys);
  const made = orders.map((order) => makeImage(call.world, { account, project, batchId, order }));
  await whileRunning(
    call.world,
    account,
    made.map((media) => recordImage(call, media)),
  );
  for (const media of made) {
    media.createdAt = call.world.now();
    media.readyAt = call.world.now();
    addMedia(call.world, media);
  }
  return imagesAnswer(call.world, made);
}

function readImages(call: Call): { items: ImageItem[]; batchId: string | null; token: string } {
  if (call.world.settings.era === '2025-12') {
    const body = readBody(call, decemberImagesBody);
    checkSame(call, body.clientContext, body.requests);
    return { items: body.requests, batchId: null, token: body.clientContext.recaptchaToken };
  }
  const body = readBody(call, currentImagesBody);
  checkSame(call, body.clientContext, body.requests);
  if (body.requests.some((item) => item.clientContext.projectId !== body.clientContext.projectId)) {
    throw invalidArgument(call, 'projectId differs between the contexts');
  }
  return {
    items: body.requests,
    batchId: body.mediaGenerationContext.batchId,
    token: body.clientContext.recaptchaContext.token,
  };
}

type SameContext = { sessionId: string; recaptchaToken?: string; recaptchaContext?: { token: string } };

/** Outer and inner contexts carry the same session id and the same recaptcha value. */
function checkSame(call: Call, outer: SameContext, items: readonly { clientContext: SameContext }[]): void {
  for (const { clientContext } of items) {
    if (clientContext.sessionId !== outer.sessionId) throw invalidArgument(call, 'sessionId differs');
    const token = clientContext.recaptchaContext?.token ?? clientContext.recaptchaToken;
    if (token !== (outer.recaptchaContext?.token ?? outer.recaptchaToken)) {
      throw invalidArgument(call, 'recaptcha value differs');
    }
  }
}

function checkContexts(call: Call, account: AccountState, items: readonly ImageItem[]): Project {
  const [pathId = ''] = call.parameters;
  if (items.some((item) => item.clientContext.projectId !== pathId)) {
    throw invalidArgument(call, 'projectId differs from the path');
  }
  return requireProject(call, account, pathId);
}

function checkModel(call: Call, items: readonly ImageItem[]): void {
  if (new Set(items.map((item) => item.imageModelName)).size > 1) {
    throw invalidArgument(call, 'several models in one batch');
  }
}

function readOrder(call: Call, account: AccountState, item: ImageItem): Order {
  const prompt = promptOf(item);
  const isBoth = item.prompt !== undefined && item.structuredPrompt !== undefined;
  if (prompt === undefined || isBoth)
    throw invalidArgument(call, 'exactly one of prompt and structuredPrompt');
  if (item.imageModelName === 'NARWHAL' && item.structuredPrompt === undefined) {
    throw invalidArgument(call, 'NARWHAL needs structuredPrompt');
  }
  const most = item.imageModelName === 'IMAGEN_3_5' ? 3 : 10;
  if (item.imageInputs.length > most) throw invalidArgument(call, `more than ${most} references`);
  const references = item.imageInputs.map((input) => requireImage(call, account, input.name));
  const baseIndex = item.imageInputs.findIndex(
    (input) => input.imageInputType === 'IMAGE_INPUT_TYPE_BASE_IMAGE',
  );
  const base = baseIndex < 0 ? undefined : references[baseIndex];
  const keepsBase = base !== undefined && item.imageAspectRatio === 'IMAGE_ASPECT_RATIO_UNSPECIFIED';
  const aspectRatio = keepsBase ? base.aspectRatio : item.imageAspectRatio;
  return { item, prompt, references, size: nativeSize(item.imageModelName, aspectRatio) };
}

const landscape = { width: 1376, height: 768 };
const nativeSizes: Record<string, { width: number; height: number }> = {
  IMAGE_ASPECT_RATIO_LANDSCAPE: landscape,
  IMAGE_ASPECT_RATIO_LANDSCAPE_FOUR_THREE: { width: 1200, height: 896 },
  IMAGE_ASPECT_RATIO_SQUARE: { width: 1024, height: 1024 },
  IMAGE_ASPECT_RATIO_PORTRAIT_THREE_FOUR: { width: 896, height: 1200 },
  IMAGE_ASPECT_RATIO_PORTRAIT: { width: 768, height: 1376 },
};

function nativeSize(model: string, aspectRatio: string): { width: number; height: number } {
  if (model === 'GEM_PIX' && aspectRatio === 'IMAGE_ASPECT_RATIO_LANDSCAPE')
    return { width: 1344, height: 768 };
  if (model === 'GEM_PIX' && aspectRatio === 'IMAGE_ASPECT_RATIO_PORTRAIT')
    return { width: 768, height: 1344 };
  return nativeSizes[aspectRatio] ?? landscape;
}

function checkSafety(call: Call, orders: readonly Order[]): void {
  for (const { word, reason } of [triggers.unsafe, triggers.ip]) {
    if (orders.some((order) => order.prompt.includes(word))) {
      throw googleRefusal(400, `${call.name}: ${word}`, { reason });
    }
  }
}

function makeImage(
  world: World,
  from: { account: AccountState; project: Project; batchId: string | null; order: Order },
): Media {
  const { item, prompt, references, size } = from.order;
  const uuid = world.random.uuid();
  const workflowId = world.random.uuid();
  const longName = () => encodeLongMediaId({ kind: 'image', projectId: from.project.id, workflowId, uuid });
  return {
    name: world.settings.era === '2025-12' ? longName() : uuid,
    fileId: uuid,
    kind: 'image',
    origin: 'generated',
    account: from.account,
    project: from.project,
    workflowId,
    batchId: from.batchId,
    sceneId: null,
    modelKey: item.imageModelName,
    prompt,
    seed: item.seed,
    aspectRatio: item.imageAspectRatio,
    ...size,
    seconds: 0,
    references,
    thumbnail: undefined,
    createdAt: world.now(),
    readyAt: undefined,
    expiresAt: Number.POSITIVE_INFINITY,
    operation: undefined,
  };
}

async function imagesAnswer(world: World, made: readonly Media[]): Promise<Answer> {
  const encoded = async (media: Media) =>
    world.settings.imageAnswer === 'url' ? undefined : (await renderPicture(world, media)).toString('base64');
  if (world.settings.era === '2025-12') {
    const media = await Promise.all(
      made.map(async (image) => decemberImage(world, image, await encoded(image))),
    );
    return jsonAnswer({ media, workflows: [] });
  }
  const media = await Promise.all(
    made.map(async (image) => currentImage(world, image, await encoded(image))),
  );
  return jsonAnswer({ media, workflows: made.map(workflow) });
}
