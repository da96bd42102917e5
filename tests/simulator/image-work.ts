import { setTimeout as sleep } from 'node:timers/promises';
import type { Call } from './call';
import type { OperationRecord } from './contract';
import type { AccountState, Media, World } from './state';

/** Enters an accepted picture into the statistics. */
export function recordImage(call: Call, media: Media): OperationRecord {
  const record: OperationRecord = {
    kind: 'image',
    call: call.name,
    account: media.account.email,
    modelKey: media.modelKey,
    batchId: media.batchId,
    sceneId: null,
    seed: media.seed,
    prompt: media.prompt,
    projectId: media.project?.id ?? '',
    mediaName: media.name,
    operationName: null,
    aspectRatio: media.aspectRatio,
    submittedAt: call.world.now(),
    endedAt: null,
    finalStatus: null,
    charged: 0,
    referenceMediaIds: media.references.map((reference) => reference.name),
    polls: 0,
  };
  call.world.recorder.operation(record);
  return record;
}

/** The time a picture takes, during which it counts as running. A caller who leaves does not end it. */
export async function whileRunning(
  world: World,
  account: AccountState,
  records: OperationRecord[],
): Promise<void> {
  account.runningImages += 1;
  world.recorder.concurrency(account);
  if (world.settings.imageLatencyMs > 0) await sleep(world.settings.imageLatencyMs);
  account.runningImages -= 1;
  for (const record of records) {
    record.endedAt = world.now();
    record.finalStatus = 'MEDIA_GENERATION_STATUS_SUCCESSFUL';
  }
}
