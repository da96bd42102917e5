import { type Answer, jsonAnswer } from './answer';
import { type Call, invalidArgument, notFound, readBody, requireBearer } from './call';
import type { PollStatusEffect } from './faults';
import { isEnded, operationStatus, outcomeOf } from './operations';
import { currentStatusBody, decemberStatusBody } from './schemas';
import type { AccountState, Operation, Outcome, World } from './state';
import { finishedVideo, operationMetadata, videoHead } from './wire-media';

/** `POST /v1/video:batchCheckAsyncVideoGenerationStatus`, in both forms. An unknown name refuses the whole call. */
export function checkStatus(call: Call): Answer {
  const { world } = call;
  const account = requireBearer(call);
  const asked = readAsked(call);
  world.recorder.statusCall({ account: account.email, at: world.now(), size: asked.items.length });
  const operations = asked.items.map((item) => findOperation(call, account, item));
  for (const operation of operations) operation.record.polls += 1;
  const spoilt = takeFault(call, account);
  const shown = operations.map((operation) => show(world, operation, spoilt));
  if (asked.form === 'media') return jsonAnswer({ media: shown.map(mediaItem) });
  const isAllEnded = operations.every(isEnded) && spoilt === undefined;
  return jsonAnswer({
    operations: shown.map((state) => operationItem(world, state)),
    ...(isAllEnded && account.credits > 0 ? { remainingCredits: account.credits } : {}),
  });
}

type AskedItem = { name: string; projectId: string | undefined };

function readAsked(call: Call): { form: 'media' | 'operations'; items: AskedItem[] } {
  const isDecember = call.world.settings.era === '2025-12';
  const body = isDecember
    ? { media: undefined, ...readBody(call, decemberStatusBody) }
    : readBody(call, currentStatusBody);
  if (body.media !== undefined && body.operations === undefined) return { form: 'media', items: body.media };
  if (body.operations !== undefined && body.media === undefined) {
    const items = body.operations.map((item) => ({ name: item.operation.name, projectId: undefined }));
    return { form: 'operations', items };
  }
  throw invalidArgument(call, 'exactly one of media and operations');
}

function findOperation(call: Call, account: AccountState, asked: AskedItem): Operation {
  const { world } = call;
  const operation = world.operations.get(asked.name) ?? world.media.get(asked.name)?.operation;
  if (operation === undefined || operation.account !== account)
    throw notFound(call, `operation ${asked.name}`);
  if (asked.projectId !== undefined && asked.projectId !== operation.media.project?.id) {
    throw notFound(call, `operation ${asked.name} in project ${asked.projectId}`);
  }
  return operation;
}

function takeFault(call: Call, account: AccountState): PollStatusEffect | undefined {
  const fault = call.world.faults.takePollStatus({
    call: 'checkStatus',
    account: account.email,
    modelKey: undefined,
  });
  if (fault === undefined) return undefined;
  call.world.recorder.fault({
    id: fault.id,
    call: call.name,
    account: account.email,
    effect: 'pollStatus',
    at: call.world.now(),
  });
  return fault.effect;
}

type Shown = {
  operation: Operation;
  status: string | undefined;
  isFinished: boolean;
  error: Outcome['error'];
  failureReasons: readonly string[] | undefined;
};

function show(world: World, operation: Operation, spoilt: PollStatusEffect | undefined): Shown {
  const ended = isEnded(operation);
  const outcome = spoilt === undefined ? operation.outcome : outcomeOf(spoilt);
  const isOver = spoilt === undefined ? ended : outcome.end !== 'never';
  const isFailed = isOver && outcome.end === 'failure';
  return {
    operation,
    status: spoilt === undefined ? operationStatus(world, operation) : outcome.status,
    isFinished: isOver && outcome.end === 'success',
    error: isFailed ? outcome.error : undefined,
    failureReasons: isFailed ? outcome.failureReasons : undefined,
  };
}

function mediaItem({ operation, status, isFinished, error, failureReasons }: Shown) {
  const { media } = operation;
  const isFailed = error !== undefined;
  const mediaStatus = {
    ...(status === undefined ? {} : { mediaGenerationStatus: status }),
    ...(error === undefined ? {} : { error }),
    ...(failureReasons === undefined ? {} : { failureReasons }),
  };
  return {
    ...videoHead(media),
    mediaMetadata: {
      ...(Object.keys(mediaStatus).length === 0 ? {} : { mediaStatus }),
      visibility: isFailed ? 'FILTERED' : 'PRIVATE',
    },
    ...(isFinished ? { video: finishedVideo(operation) } : {}),
  };
}

function operationItem(world: World, { operation, status, isFinished, error }: Shown) {
  const { media, name } = operation;
  return {
    operation: {
      name,
      ...(isFinished ? { metadata: operationMetadata(world, operation) } : {}),
      ...(error === undefined ? {} : { error }),
    },
    ...(media.sceneId === null ? {} : { sceneId: media.sceneId }),
    ...(isFinished ? { mediaGenerationId: media.name } : {}),
    ...(status === undefined ? {} : { status }),
  };
}
