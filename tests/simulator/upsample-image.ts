import { checkChallenge, checkConcurrency, requireProject } from './admission';
import { type Answer, jsonAnswer } from './answer';
import { type Call, invalidArgument, notFound, readBody, requireBearer } from './call';
import { googleRefusal } from './google-error';
import { recordImage, whileRunning } from './image-work';
import { renderUpsampled } from './pictures';
import { upsampleImageBody } from './schemas';
import { type AccountState, findMedia } from './state';

const upsampleScales = { UPSAMPLE_IMAGE_RESOLUTION_2K: 2, UPSAMPLE_IMAGE_RESOLUTION_4K: 4 } as const;

/** `POST /v1/flow/upsampleImage`. The answer is a base64 JPEG, twice or four times as large. */
export async function upsampleImage(call: Call): Promise<Answer> {
  const account = requireBearer(call);
  const body = readBody(call, upsampleImageBody);
  const project = requireProject(call, account, body.clientContext.projectId);
  checkChallenge(call, account, { kind: 'image', token: body.clientContext.recaptchaContext.token });
  const source = findMedia(call.world, account, body.mediaId);
  if (source === undefined) throw notFound(call, `media ${body.mediaId}`);
  if (source.kind !== 'image' || source.origin !== 'generated' || source.modelKey === 'IMAGEN_3_5') {
    throw invalidArgument(call, `${body.mediaId} cannot be upsampled`);
  }
  checkUpsampleTier(call, account, body.targetResolution);
  checkConcurrency(call, account, { running: account.runningImages, wanted: 1 });
  const record = recordImage(call, {
    ...source,
    project,
    modelKey: body.targetResolution,
    references: [source],
  });
  await whileRunning(call.world, account, [record]);
  const jpeg = await renderUpsampled(call.world, source, upsampleScales[body.targetResolution]);
  return jsonAnswer({ encodedImage: jpeg.toString('base64') });
}

function checkUpsampleTier(call: Call, account: AccountState, resolution: keyof typeof upsampleScales): void {
  const isAllowed = resolution.endsWith('2K')
    ? account.tier !== 'PAYGATE_TIER_NOT_PAID'
    : account.tier === 'PAYGATE_TIER_TWO';
  if (isAllowed) return;
  throw googleRefusal(403, `${call.name}: ${resolution} on ${account.tier}`, {
    reason: 'PUBLIC_ERROR_MODEL_ACCESS_DENIED',
  });
}
