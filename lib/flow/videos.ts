import type { Submission, SubmitOutcome, UpstreamAccess, UpstreamHandle } from '../generation/upstream';
import type { GenerationMode } from '../models/types';
import { paygateTiers } from './account';
import { type FlowClient, makeSessionId } from './client';
import { unreadableError } from './errors';
import { creditsOf } from './images';
import { planOf } from './plan';
import { recaptchaContext, recaptchaToken } from './recaptcha';
import { type MediaAnswer, mediaAnswer } from './schemas';
import type { WireForm, WireForms } from './wire-form';

const submitTimeoutMs = 75_000;

type VideoMode = Extract<
  GenerationMode,
  'text-to-video' | 'first-frame' | 'first-last-frame' | 'reference-images' | 'extend'
>;

const verbs = {
  'text-to-video': 'Text',
  'first-frame': 'StartImage',
  'first-last-frame': 'StartAndEndImage',
  'reference-images': 'ReferenceImages',
  extend: 'ExtendVideo',
} as const satisfies Record<VideoMode, string>;

/** Submits a video: its generation, or the upscale of one that is there. */
export async function submitVideo(
  client: FlowClient,
  forms: WireForms,
  access: UpstreamAccess,
  submission: Submission,
  signal: AbortSignal,
): Promise<SubmitOutcome> {
  return forms.send(access, signal, async (form) => {
    const { verb, item } =
      submission.phase === 'upscale' ? upscaleItem(submission) : generateItem(submission, form);
    const answer = await client.requestJson(
      access,
      {
        to: 'api',
        method: 'POST',
        path: `/video:batchAsyncGenerateVideo${verb}`,
        body:
          form === 'current'
            ? currentBody(submission, item, client.now())
            : decemberBody(submission, item, client.now()),
        timeoutMs: submitTimeoutMs,
        risk: 'submit',
        signal,
      },
      mediaAnswer,
    );
    const handle = findHandle(answer, submission);
    if (handle === undefined) throw unreadableError('submit', 'no operation');
    return { type: 'accepted', handle, ...creditsOf(answer.remainingCredits) };
  });
}

/** The handle in a submit answer: that of `media`, which has the current form of status call, before that of `operations`. */
function findHandle(answer: MediaAnswer, submission: Submission): UpstreamHandle | undefined {
  const media = answer.media?.find(({ name }) => name);
  if (media?.name) {
    return {
      form: 'media',
      name: media.name,
      projectId: media.projectId ?? submission.projectId,
      sceneId: submission.sceneId,
      ...(media.workflowId ? { workflowId: media.workflowId } : {}),
    };
  }
  const item = answer.operations?.find(({ operation }) => operation?.name);
  if (!item?.operation?.name) return undefined;
  return {
    form: 'operations',
    name: item.operation.name,
    projectId: submission.projectId,
    sceneId: item.sceneId ?? submission.sceneId,
  };
}

function generateItem(submission: Submission, form: WireForm): { verb: string; item: object } {
  const { spec, tier, prompt, references, source, sceneId } = submission;
  const mode = videoMode(spec.mode);
  const isDecember = form === 'december';
  const textInput = isDecember ? { prompt } : { structuredPrompt: { parts: [{ text: prompt }] } };
  const [start, end] = references.map((mediaId) => ({ mediaId }));
  const inputs = {
    'text-to-video': {},
    'first-frame': { startImage: start },
    'first-last-frame': { startImage: start, endImage: end },
    'reference-images': {
      referenceImages: references.map((mediaId) => ({ imageUsageType: 'IMAGE_USAGE_TYPE_ASSET', mediaId })),
    },
    extend: { videoInput: { mediaId: source?.mediaName } },
  } as const satisfies Record<VideoMode, object>;
  // One frame had no verb of its own then.
  const verb = isDecember && mode === 'first-frame' ? verbs['first-last-frame'] : verbs[mode];
  return {
    verb,
    item: {
      ...commonOf(submission),
      textInput,
      videoModelKey: planOf(spec, tier, form).modelKey,
      ...inputs[mode],
      metadata: isDecember ? { sceneId } : currentMetadata(mode, submission),
    },
  };
}

/** A current server knows a submit by its `batchId`; an extension also says which workflow it goes on with. */
function currentMetadata(mode: VideoMode, { source, sceneId }: Submission): object {
  if (mode !== 'extend') return {};
  return source?.workflowId === undefined ? { sceneId } : { workflowId: source.workflowId };
}

function upscaleItem(submission: Submission): { verb: string; item: object } {
  const { spec, tier, source, sceneId } = submission;
  const { upscaleKey } = planOf(spec, tier, 'current');
  if (source === undefined || upscaleKey === undefined)
    throw new Error('an upscale needs its source and its key');
  return {
    verb: 'UpsampleVideo',
    item: {
      ...commonOf(submission),
      resolution: `VIDEO_RESOLUTION_${spec.upscale === '4k' ? '4K' : '1080P'}`,
      videoInput: { mediaId: source.mediaName },
      videoModelKey: upscaleKey,
      metadata: { sceneId },
    },
  };
}

const commonOf = ({ spec, seed }: Submission) => ({
  aspectRatio: `VIDEO_ASPECT_RATIO_${spec.aspectRatio === '9:16' ? 'PORTRAIT' : 'LANDSCAPE'}`,
  seed,
});

function videoMode(mode: GenerationMode): VideoMode {
  if (mode in verbs) return mode as VideoMode;
  throw new Error(`${mode} makes no video`);
}

const contextOf = ({ projectId, tier }: Submission, now: Date) => ({
  sessionId: makeSessionId(now),
  projectId,
  tool: 'PINHOLE',
  userPaygateTier: paygateTiers[tier],
});

const currentBody = (submission: Submission, item: object, now: Date) => ({
  mediaGenerationContext: { batchId: submission.batchId, audioFailurePreference: 'BLOCK_SILENCED_VIDEOS' },
  clientContext: { recaptchaContext, ...contextOf(submission, now) },
  requests: [item],
  useV2ModelConfig: true,
});

const decemberBody = (submission: Submission, item: object, now: Date) => ({
  clientContext: { recaptchaToken, ...contextOf(submission, now) },
  requests: [item],
});
