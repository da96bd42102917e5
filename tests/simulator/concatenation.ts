import { requireVideo } from './admission';
import { type Answer, jsonAnswer } from './answer';
import { type Call, invalidArgument, notFound, readBody, requireBearer } from './call';
import { readClip, withFreeBox } from './mp4';
import { checkConcatenationBody, concatenateBody } from './schemas';

/** `POST /v1:runVideoFxConcatenation`. Free of charge, one shape of picture, Veo only. */
export function startConcatenation(call: Call): Answer {
  const { world } = call;
  const account = requireBearer(call);
  const { inputVideos } = readBody(call, concatenateBody);
  const sources = inputVideos.map((input) => requireVideo(call, account, input.mediaGenerationId));
  const [first] = sources;
  if (first === undefined) throw invalidArgument(call, 'no videos');
  if (sources.some((media) => media.aspectRatio !== first.aspectRatio))
    throw invalidArgument(call, 'mixed aspect ratios');
  if (sources.some((media) => media.modelKey.startsWith('abra_'))) throw invalidArgument(call, 'Omni videos');
  const lengths = inputVideos.map((input, index) => {
    const start = Number.parseFloat(input.startTimeOffset);
    const end = Number.parseFloat(input.endTimeOffset);
    const isInside = start < end && end <= (sources[index]?.seconds ?? 0);
    if (!isInside || Number(input.length) !== (sources[index]?.seconds ?? 0) * 1e9) {
      throw invalidArgument(call, `times of input ${index}`);
    }
    return end - start;
  });
  const name = `projects/365900000000/locations/us-east4/jobs/${world.random.uuid()}`;
  world.concatenations.set(name, {
    account,
    endsAt: world.now() + world.settings.concatenationDurationMs,
    seconds: lengths.reduce((sum, length) => sum + length, 0),
    first,
    inputs: sources.length,
  });
  return jsonAnswer({ operation: { operation: { name } } });
}

/** `POST /v1:runVideoFxCheckConcatenationStatus`. The finished file comes inside the answer. */
export function checkConcatenation(call: Call): Answer {
  const { world } = call;
  const account = requireBearer(call);
  const { name } = readBody(call, checkConcatenationBody).operation.operation;
  const running = world.concatenations.get(name);
  if (running === undefined || running.account !== account) throw notFound(call, `concatenation ${name}`);
  if (running.endsAt > world.now()) {
    return jsonAnswer({ status: 'MEDIA_GENERATION_STATUS_ACTIVE', outputUri: '', mediaGenerationId: '' });
  }
  const { width, height } = running.first;
  const file = withFreeBox(readClip({ width, height, seconds: running.seconds }), `concatenation ${name}`);
  return jsonAnswer({
    status: 'MEDIA_GENERATION_STATUS_SUCCESSFUL',
    inputsCount: running.inputs,
    encodedVideo: file.toString('base64'),
  });
}
