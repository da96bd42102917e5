import type { Operation, Outcome, World } from './state';

const prefix = 'MEDIA_GENERATION_STATUS_';
// A real video waits a while before work on it begins.
const waitingShare = 0.15;

/** Lets end whatever has reached its time: files become ready, failures give their credits back. */
export function settle(world: World): void {
  const now = world.now();
  for (const operation of world.running) {
    if (operation.endsAt <= now && operation.outcome.end !== 'never') end(world, operation);
  }
}

function end(world: World, operation: Operation): void {
  const { record, outcome, account, media } = operation;
  world.running.delete(operation);
  account.runningVideos -= 1;
  record.endedAt = operation.endsAt;
  record.finalStatus = outcome.status ?? null;
  if (outcome.end === 'success') {
    media.readyAt = operation.endsAt + world.settings.fileDelayMs;
    return;
  }
  account.credits += record.charged;
  record.charged = 0;
}

/** Ends it now as cancelled. */
export function cancel(world: World, operation: Operation): void {
  operation.endsAt = world.now();
  operation.outcome = {
    status: `${prefix}CANCELED`,
    end: 'failure',
    error: { code: 1, message: 'Generation was canceled.' },
  };
  end(world, operation);
}

/** What a poll says now; undefined: no status at all. */
export function operationStatus(world: World, operation: Operation): string | undefined {
  const now = world.now();
  // An end shows only once it is settled, with everything that belongs to it.
  const isShown = isEnded(operation) || (operation.outcome.end === 'never' && operation.endsAt <= now);
  if (isShown) return operation.outcome.status;
  const waitsUntil = operation.startedAt + (operation.endsAt - operation.startedAt) * waitingShare;
  return now < waitsUntil ? operation.waitingStatus : `${prefix}ACTIVE`;
}

export function isEnded(operation: Operation): boolean {
  return operation.record.endedAt !== null;
}

export const succeeds: Outcome = { status: `${prefix}SUCCESSFUL`, end: 'success' };

export function failsWith(message: string, failureReasons?: readonly string[]): Outcome {
  return {
    status: `${prefix}FAILED`,
    end: 'failure',
    error: { code: 3, message },
    ...(failureReasons === undefined ? {} : { failureReasons }),
  };
}

/** The outcome that a fault asks for; its status may be given short or in full. */
export function outcomeOf(wanted: {
  status: string;
  reason?: string;
  code?: number;
  failureReasons?: string[];
}): Outcome {
  const short = wanted.status.replace(prefix, '');
  const isFailure = short === 'FAILED' || short === 'CANCELED' || short.startsWith('ERROR');
  const isSuccess = short === 'SUCCESSFUL' || short === 'COMPLETE';
  if (short === 'missing') {
    return wanted.reason === undefined
      ? { status: undefined, end: 'success' }
      : { status: undefined, end: 'failure' };
  }
  const known = /^(PENDING|SCHEDULED|ACTIVE|PROCESSING|SUCCESSFUL|COMPLETE|FAILED|CANCELED)$/.test(short);
  const status = known ? `${prefix}${short}` : wanted.status;
  if (isSuccess) return { status, end: 'success' };
  if (!isFailure) return { status, end: 'never' };
  return {
    status,
    end: 'failure',
    error: { code: wanted.code ?? 13, message: wanted.reason ?? 'Internal error encountered.' },
    ...(wanted.failureReasons === undefined ? {} : { failureReasons: wanted.failureReasons }),
  };
}
