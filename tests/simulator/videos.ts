import { charge, checkChallenge, checkConcurrency, checkDailyQuota, countUses, triggers } from './admission';
import { type Answer, jsonAnswer } from './answer';
import { type Call, requireBearer } from './call';
import { encodeLongMediaId } from './ids';
import { failsWith, outcomeOf, succeeds } from './operations';
import { type AccountState, addMedia, deleteMedia, type Media, type Operation, type Outcome } from './state';
import { readOrder, readSubmit, type VideoOrder, type VideoSubmit, verbOf } from './video-order';
import { submittedVideo, workflow } from './wire-media';

/** `POST /v1/video:batchAsync…`: all six verbs. Charged when accepted; what comes of it is asked by polling. */
export function submitVideo(call: Call): Answer {
  const account = requireBearer(call);
  const verb = verbOf(call);
  const submit = readSubmit(call, account, verb);
  checkChallenge(call, account, { kind: 'video', token: submit.token });
  const orders = submit.items.map((item) => readOrder(call, { account, verb, item }));
  checkConcurrency(call, account, { running: account.runningVideos, wanted: orders.length });
  const modelKeys = orders.map((order) => order.key.key);
  checkDailyQuota(call, account, modelKeys);
  charge(
    call,
    account,
    orders.reduce((sum, order) => sum + order.key.credits, 0),
  );
  countUses(call, account, modelKeys);
  const operations = orders.map((order) => accept(call, submit, order));
  return submitAnswer(call, account, operations);
}

function accept(call: Call, submit: VideoSubmit, order: VideoOrder): Operation {
  const { world } = call;
  const { account } = submit;
  const media = makeVideo(call, submit, order);
  const name = world.settings.era === '2025-12' ? world.random.hex32() : media.name;
  const isUpscale = order.key.mode === 'upsample';
  const operation: Operation = {
    name,
    account,
    media,
    startedAt: world.now(),
    endsAt: world.now() + (isUpscale ? world.settings.upscaleDurationMs : world.settings.videoDurationMs),
    waitingStatus: `MEDIA_GENERATION_STATUS_${world.settings.era === '2025-12' ? 'PENDING' : 'SCHEDULED'}`,
    outcome: outcomeFor(call, submit, order),
    record: {
      kind: 'video',
      call: call.name,
      account: account.email,
      modelKey: order.key.key,
      batchId: submit.batchId,
      sceneId: media.sceneId,
      seed: media.seed,
      prompt: isUpscale ? null : order.prompt,
      projectId: submit.project.id,
      mediaName: media.name,
      operationName: name,
      aspectRatio: media.aspectRatio,
      submittedAt: world.now(),
      endedAt: null,
      finalStatus: null,
      charged: order.key.credits,
      referenceMediaIds: [...order.references, ...(order.source === undefined ? [] : [order.source])].map(
        (reference) => reference.name,
      ),
      polls: 0,
    },
  };
  media.operation = operation;
  // An upscale has its name from the source, so that a second one takes the place of the first.
  const before = world.media.get(media.name);
  if (before !== undefined) deleteMedia(world, before);
  addMedia(world, media);
  world.operations.set(name, operation);
  world.running.add(operation);
  account.runningVideos += 1;
  world.recorder.concurrency(account);
  world.recorder.operation(operation.record);
  return operation;
}

function outcomeFor(call: Call, submit: VideoSubmit, order: VideoOrder): Outcome {
  const target = { call: call.name, account: submit.account.email, modelKey: order.key.key };
  const fault = call.world.faults.takePollStatus(target);
  if (fault !== undefined) {
    call.world.recorder.fault({
      id: fault.id,
      call: call.name,
      account: target.account,
      effect: 'pollStatus',
      at: call.world.now(),
    });
    return outcomeOf(fault.effect);
  }
  if (order.prompt.includes(triggers.unsafe.word)) return failsWith(triggers.unsafe.reason);
  if (order.prompt.includes(triggers.ip.word)) return failsWith(triggers.ip.reason, ['IP_PROHIBITED']);
  if (submit.blocksSilenced && order.prompt.includes(triggers.audio.word))
    return failsWith(triggers.audio.reason);
  return succeeds;
}

const shorterSides: Record<string, number> = { VIDEO_RESOLUTION_1080P: 1080, VIDEO_RESOLUTION_4K: 2160 };

function makeVideo(call: Call, submit: VideoSubmit, order: VideoOrder): Media {
  const { world } = call;
  const { item, key, source } = order;
  const isUpscale = key.mode === 'upsample';
  const uuid = world.random.uuid();
  const continued = source === undefined ? undefined : item.metadata.workflowId;
  const workflowId =
    isUpscale && source !== undefined ? source.workflowId : (continued ?? world.random.uuid());
  const shorter = shorterSides[item.resolution ?? ''] ?? 720;
  const longer = (shorter * 16) / 9;
  const isPortrait = item.aspectRatio === 'VIDEO_ASPECT_RATIO_PORTRAIT';
  const longName = () => encodeLongMediaId({ kind: 'video', projectId: submit.project.id, workflowId, uuid });
  const ownName = world.settings.era === '2025-12' ? longName() : uuid;
  return {
    name: isUpscale && source !== undefined ? `${source.name}_upsampled` : ownName,
    fileId: isUpscale && source !== undefined ? `${source.fileId}_upsampled` : uuid,
    kind: 'video',
    origin: isUpscale ? 'upsampled' : 'generated',
    account: submit.account,
    project: submit.project,
    workflowId,
    batchId: submit.batchId,
    sceneId: item.metadata.sceneId ?? null,
    modelKey: key.key,
    prompt: isUpscale && source !== undefined ? source.prompt : order.prompt,
    seed: item.seed,
    aspectRatio: item.aspectRatio,
    width: isPortrait ? shorter : longer,
    height: isPortrait ? longer : shorter,
    seconds: isUpscale && source !== undefined ? source.seconds : key.seconds,
    references: order.references,
    thumbnail: undefined,
    createdAt: world.now(),
    readyAt: undefined,
    expiresAt: Number.POSITIVE_INFINITY,
    operation: undefined,
  };
}

function submitAnswer(call: Call, account: AccountState, operations: readonly Operation[]): Answer {
  const older = operations.map(({ name, media }) => ({
    operation: { name },
    ...(media.sceneId === null ? {} : { sceneId: media.sceneId }),
    status: 'MEDIA_GENERATION_STATUS_PENDING',
  }));
  const balance = account.credits === 0 ? {} : { remainingCredits: account.credits };
  if (call.world.settings.era === '2025-12') return jsonAnswer({ operations: older, ...balance });
  const hasOlder = call.name === 't2v' || call.name === 'upsampleVideo';
  return jsonAnswer({
    ...balance,
    workflows: operations.map((operation) => workflow(operation.media)),
    media: operations.map(submittedVideo),
    ...(hasOlder ? { operations: older } : {}),
  });
}
