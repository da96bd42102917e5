import { isUpstreamError, UpstreamError } from '../errors';
import type { Submission, SubmitOutcome, UpstreamAccess, UpstreamOutput } from '../generation/upstream';
import type { AspectRatio } from '../models/types';
import { paygateTiers } from './account';
import { decodeBase64Member } from './base64-member';
import { type FlowClient, makeSessionId } from './client';
import { asUpstream, generationError, unreadableError } from './errors';
import { planOf } from './plan';
import { recaptchaContext, recaptchaToken } from './recaptcha';
import { type MediaItem, mediaAnswer } from './schemas';
import type { WireForms } from './wire-form';

const generateTimeoutMs = 120_000;
const upsampleTimeoutMs = 300_000;
const answerMaxBytes = 96 * 1_048_576; // pictures may come inline, as base64

/** `IMAGE_ASPECT_RATIO_…` of the ratios. */
const aspects = {
  '16:9': 'LANDSCAPE',
  '9:16': 'PORTRAIT',
  '1:1': 'SQUARE',
  '4:3': 'LANDSCAPE_FOUR_THREE',
  '3:4': 'PORTRAIT_THREE_FOUR',
} as const satisfies Record<AspectRatio, string>;

/** Generates a picture; the answer brings it. */
export async function generateImage(
  client: FlowClient,
  forms: WireForms,
  access: UpstreamAccess,
  submission: Submission,
  signal: AbortSignal,
): Promise<SubmitOutcome> {
  return forms.send(access, signal, async (form) => {
    const body =
      form === 'current' ? currentBody(submission, client.now()) : decemberBody(submission, client.now());
    const answer = await client.requestJson(
      access,
      {
        to: 'api',
        method: 'POST',
        path: `/projects/${encodeURIComponent(submission.projectId)}/flowMedia:batchGenerateImages`,
        body,
        timeoutMs: generateTimeoutMs,
        maxBytes: answerMaxBytes,
        risk: 'submit',
        signal,
      },
      mediaAnswer,
    );
    const items = answer.media ?? [];
    const outputs = items.flatMap((item) => imageOutput(item, submission.projectId) ?? []);
    if (outputs.length === 0) throw failedPicture(items) ?? unreadableError('submit', 'no picture');
    return { type: 'finished', outputs, ...creditsOf(answer.remainingCredits) };
  });
}

/** Whatever the answer says is left. */
export const creditsOf = (credits: number | null | undefined) =>
  typeof credits === 'number' ? { remainingCredits: credits } : {};

/** A picture of an answer or a listing; `undefined` when the item is none that could be fetched. */
export function imageOutput(
  item: MediaItem,
  projectId: string,
): (UpstreamOutput & { data?: Uint8Array }) | undefined {
  const generated = item.image?.generatedImage;
  if (!generated || statusOf(item)?.endsWith('FAILED')) return undefined;
  const { fifeUrl, encodedImage } = generated;
  if (!item.name && !fifeUrl && !encodedImage) return undefined;
  const size = item.image?.dimensions;
  return {
    projectId: item.projectId ?? projectId,
    ...(item.name ? { mediaName: item.name } : {}),
    ...(item.workflowId ? { workflowId: item.workflowId } : {}),
    ...(fifeUrl ? { url: fifeUrl } : {}),
    ...(!fifeUrl && encodedImage ? { data: Buffer.from(encodedImage, 'base64') } : {}),
    ...(size?.width && size.height ? { width: size.width, height: size.height } : {}),
  };
}

const statusOf = (item: MediaItem) => item.mediaMetadata?.mediaStatus?.mediaGenerationStatus;

/** A picture that upstream began and filtered: nothing is charged for it. */
function failedPicture(items: readonly MediaItem[]): UpstreamError | undefined {
  const status = items.find((item) => statusOf(item)?.endsWith('FAILED'))?.mediaMetadata?.mediaStatus;
  if (!status) return undefined;
  const { code, message, details } = generationError(status.error ?? undefined, status.failureReasons ?? []);
  return new UpstreamError(
    code,
    message,
    { accepted: 'no', retry: 'never', account: { type: 'none' }, status: 200 },
    details === undefined ? {} : { details },
  );
}

function currentBody(submission: Submission, now: Date) {
  const { projectId, prompt, seed, batchId } = submission;
  const clientContext = { recaptchaContext, sessionId: makeSessionId(now), projectId, tool: 'PINHOLE' };
  return {
    clientContext,
    mediaGenerationContext: { batchId },
    useNewMedia: true,
    requests: [
      {
        clientContext,
        seed,
        ...modelOf(submission),
        structuredPrompt: { parts: [{ text: prompt }] },
        ...inputsOf(submission),
      },
    ],
  };
}

function decemberBody(submission: Submission, now: Date) {
  const { projectId, prompt, seed } = submission;
  const context = { recaptchaToken, sessionId: makeSessionId(now) };
  return {
    clientContext: context,
    requests: [
      {
        clientContext: { ...context, projectId, tool: 'PINHOLE' },
        seed,
        ...modelOf(submission, 'december'),
        prompt,
        ...inputsOf(submission),
      },
    ],
  };
}

const modelOf = ({ spec, tier }: Submission, form: 'current' | 'december' = 'current') => ({
  imageModelName: planOf(spec, tier, form).modelKey,
  imageAspectRatio: `IMAGE_ASPECT_RATIO_${aspects[spec.aspectRatio]}`,
});

const inputsOf = ({ references }: Submission) => ({
  imageInputs: references.map((name) => ({ name, imageInputType: 'IMAGE_INPUT_TYPE_REFERENCE' })),
});

/**
 * Makes a picture larger. The answer is the picture itself, and the call is free, so that one whose answer was lost
 * can simply be made again.
 */
export async function upsampleImage(
  client: FlowClient,
  access: UpstreamAccess,
  submission: Submission,
  signal: AbortSignal,
): Promise<SubmitOutcome> {
  const { spec, tier, source, projectId } = submission;
  if (source === undefined) throw new Error('an upscale needs its source');
  const risk = planOf(spec, tier, 'current').upscaleCost > 0 ? 'submit' : 'free';
  const answer = await client.request(access, {
    to: 'api',
    method: 'POST',
    path: '/flow/upsampleImage',
    body: {
      mediaId: source.mediaName,
      targetResolution: `UPSAMPLE_IMAGE_RESOLUTION_${spec.upscale === '4k' ? '4K' : '2K'}`,
      clientContext: {
        recaptchaContext,
        sessionId: makeSessionId(client.now()),
        projectId,
        tool: 'PINHOLE',
        userPaygateTier: paygateTiers[tier],
      },
    },
    timeoutMs: upsampleTimeoutMs,
    maxBytes: answerMaxBytes,
    risk,
    signal,
  });
  const data = await asUpstream(risk, async () => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of decodeBase64Member(answer.stream(), ['encodedImage'])) chunks.push(chunk);
    return Buffer.concat(chunks);
  }).catch((error: unknown) => {
    throw isUpstreamError(error) ? error : unreadableError(risk, 'flow.upsampleImage', error);
  });
  if (data.byteLength === 0) throw unreadableError(risk, 'flow.upsampleImage');
  return { type: 'finished', outputs: [{ projectId, ...workflowOf(source), data }] };
}

const workflowOf = ({ workflowId }: { workflowId?: string }) =>
  workflowId === undefined ? {} : { workflowId };
