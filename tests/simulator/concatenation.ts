import { requireVideo } from './admission';
import { type Answer, jsonAnswer } from './answer';
import { type Call, invalidArgument, notFound, readBody, requireBearer } from './call';
import { readJoinedClip, withFreeBox } from './mp4';
import { checkConcatenationBody, concatenateBody } from './schemas';

/** `POST /v1:runVideoFxConcatenation`. Free of charge; finished clips of one account, shape and size, Veo only. */
export function startConcatenation(call: Call): Answer {
  const { world } = call;
  const account = requireBearer(call);
  const { inputVideos } = readBody(call, concatenateBody);
  const sources = inputVideos.map((input) => requireVideo(call, account, input.mediaGenerationId));
  const [first] = sources;
  if (first === undefined) throw invalidArgument(call, 'no videos');
  if (sources.some((media) => media.aspectRatio !== first.aspectRatio))
    throw invalidArgument(call, 'mixed aspect ratios');
  // Nobody was seen to try it; the real one might take it.
  if (sources.some((media) => media.width !== first.width)) throw invalidArgument(call, 'mixed sizes');
  if (sources.some((media) => media.modelKey.startsWith('abra_'))) throw invalidArgument(call, 'Omni videos');
  const lengths = inputVideos.map((input, index) => {
    const start = Number.parseFloat(input.startTimeOffset);
    const end = Number.parseFloat(input.endTimeOffset);
    const isInside = start < end && end <= (sources[index]?.seconds ?? 0);
    // An extension repeats a second of its source: kept, the joined video would show it twice.
    const isExtension = /_exten(d|sion)_/.test(`${sources[index]?.modelKey}_`);
    const isTrimmed = index === 0 || !isExtension || start === 1;
    if (!isInside || !isTrimmed || Number(input.length) !== (sources[index]?.seconds ?? 0) * 1e9) {
      throw invalidArgument(call, `times of input ${index}`);
    }
    return end - start;
  });
  const seconds = lengths.reduce((sum, length) => sum + length, 0);
  if (readJoinedClip({ ...first, seconds }) === undefined)
    throw invalidArgument(call, `no clip of ${seconds} s ships with the simulator`);
  const name = `projects/365900000000/locations/us-east4/jobs/${world.random.uuid()}`;
  world.concatenations.set(name, {
    account,
    endsAt: world.now() + world.settings.concatenationDurationMs,
    seconds,
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
  const clip = readJoinedClip({ width, height, seconds: running.seconds });
  if (clip === undefined) throw new Error(`no clip of ${running.seconds} s`);
  const file = withFreeBox(clip, `concatenation ${name}`);
  return jsonAnswer({
    status: 'MEDIA_GENERATION_STATUS_SUCCESSFUL',
    inputsCount: running.inputs,
    encodedVideo: file.toString('base64'),
  });
}
