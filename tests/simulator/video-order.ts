import { promptOf, requireImage, requireProject, requireVideo } from './admission';
import { type Call, invalidArgument, notFound, readBody } from './call';
import { googleRefusal } from './google-error';
import { findModelKey, type KeyMode, type ModelKey } from './model-keys';
import { currentVideoBodies, decemberVideoBodies } from './schemas';
import type { AccountState, Media, Project } from './state';

export type Verb = keyof typeof currentVideoBodies;

const verbs: readonly Verb[] = [
  't2v',
  'startImage',
  'startAndEndImage',
  'referenceImages',
  'extendVideo',
  'upsampleVideo',
];

const modes: Record<Verb, KeyMode> = {
  t2v: 't2v',
  startImage: 'frames',
  startAndEndImage: 'frames',
  referenceImages: 'r2v',
  extendVideo: 'extend',
  upsampleVideo: 'upsample',
};

/** One element of `requests[]`, whatever the verb and the era. */
type VideoItem = {
  aspectRatio: string;
  seed: number;
  videoModelKey: string;
  metadata: { sceneId?: string | undefined; workflowId?: string | undefined };
  textInput?: Parameters<typeof promptOf>[0] | undefined;
  startImage?: { mediaId: string };
  endImage?: { mediaId: string } | undefined;
  referenceImages?: { mediaId: string }[];
  referenceEntities?: unknown[] | undefined;
  videoInput?: { mediaId: string };
  resolution?: string;
};

export type VideoSubmit = {
  account: AccountState;
  project: Project;
  batchId: string | null;
  /** Silenced videos are blocked, which is also what happens when nothing is said. */
  blocksSilenced: boolean;
  token: string;
  items: VideoItem[];
};

export type VideoOrder = {
  item: VideoItem;
  key: ModelKey & { credits: number };
  prompt: string;
  references: Media[];
  source: Media | undefined;
};

export function verbOf(call: Call): Verb {
  const verb = verbs.find((candidate) => candidate === call.name);
  if (verb === undefined) throw notFound(call, 'no video verb');
  return verb;
}

/** The body in the form of the era, without a look at what it asks for. */
export function readSubmit(call: Call, account: AccountState, verb: Verb): VideoSubmit {
  if (call.world.settings.era === '2025-12') {
    if (!isDecemberVerb(verb)) throw notFound(call, 'verb of a later time');
    const body = readBody(call, decemberVideoBodies[verb]);
    return {
      account,
      project: requireProject(call, account, body.clientContext.projectId),
      batchId: null,
      blocksSilenced: true,
      token: body.clientContext.recaptchaToken,
      items: body.requests,
    };
  }
  const body = readBody(call, currentVideoBodies[verb]);
  return {
    account,
    project: requireProject(call, account, body.clientContext.projectId),
    batchId: body.mediaGenerationContext.batchId,
    blocksSilenced: body.mediaGenerationContext.audioFailurePreference !== 'RETURN_SILENCED_VIDEOS',
    token: body.clientContext.recaptchaContext.token,
    items: body.requests,
  };
}

function isDecemberVerb(verb: Verb): verb is keyof typeof decemberVideoBodies {
  return verb in decemberVideoBodies;
}

/** One element of `requests[]`, checked against the account's keys and media. */
export function readOrder(
  call: Call,
  of: { account: AccountState; verb: Verb; item: VideoItem },
): VideoOrder {
  const { account, verb, item } = of;
  const key = findModelKey(call.world.settings.era, account.tier, item.videoModelKey);
  if (key === undefined) throw notFound(call, `model key ${item.videoModelKey} on ${account.tier}`);
  if (key.mode !== modes[verb]) throw invalidArgument(call, `${key.key} is not for this verb`);
  checkOrientation(call, item, key);
  checkCounts(call, verb, item, key);
  const prompt = item.textInput === undefined ? '' : promptOf(item.textInput);
  if (prompt === undefined) throw invalidArgument(call, 'no prompt');
  const images = [item.startImage, item.endImage, ...(item.referenceImages ?? [])];
  const references = images.flatMap((image) =>
    image === undefined ? [] : [requireImage(call, account, image.mediaId)],
  );
  if ((item.referenceEntities?.length ?? 0) > 0) throw googleRefusal(500, 'unknown entity');
  const source =
    item.videoInput === undefined ? undefined : requireVideo(call, account, item.videoInput.mediaId);
  if (source !== undefined) checkSource(call, item, key, source);
  return { item, key, prompt, references, source };
}

function checkOrientation(call: Call, item: VideoItem, key: ModelKey): void {
  const wanted = item.aspectRatio.replace('VIDEO_ASPECT_RATIO_', '');
  if (wanted === 'SQUARE') throw invalidArgument(call, 'no model makes square videos');
  if (key.orientation !== undefined && key.orientation !== wanted) {
    throw invalidArgument(call, `${key.key} is ${key.orientation}, not ${wanted}`);
  }
}

function checkCounts(call: Call, verb: Verb, item: VideoItem, key: ModelKey): void {
  if (modes[verb] === 'frames') {
    const count = item.endImage === undefined ? 1 : 2;
    const [least, most] = key.frames;
    if (count < least || count > most) throw invalidArgument(call, `${key.key} with ${count} frame(s)`);
  }
  const references = item.referenceImages?.length ?? 0;
  if (references > key.references) throw invalidArgument(call, `${key.key} with ${references} references`);
}

const upsampledResolutions: Record<string, string> = {
  veo_3_1_upsampler_1080p: 'VIDEO_RESOLUTION_1080P',
  veo_3_1_upsampler_4k: 'VIDEO_RESOLUTION_4K',
};

function checkSource(call: Call, item: VideoItem, key: ModelKey, source: Media): void {
  if (item.aspectRatio !== source.aspectRatio) {
    throw invalidArgument(call, 'aspectRatio differs from the source');
  }
  if (key.mode === 'extend') {
    const { workflowId } = item.metadata;
    if (workflowId !== undefined && workflowId !== source.workflowId) {
      throw notFound(call, `workflow ${workflowId}`);
    }
    return;
  }
  if (source.origin === 'upsampled') throw invalidArgument(call, `${source.name} is upsampled already`);
  if (item.resolution !== upsampledResolutions[key.key]) {
    throw invalidArgument(call, `${key.key} with ${item.resolution}`);
  }
  const before = call.world.media.get(`${source.name}_upsampled`)?.operation;
  if (before !== undefined && before.record.endedAt === null) {
    throw googleRefusal(429, `${source.name} is being upsampled`, {
      reason: 'PUBLIC_ERROR_GENERATION_ALREADY_IN_PROGRESS',
    });
  }
}
