import type { PollOutcome, UpstreamAccess, UpstreamHandle, UpstreamOutput } from '../generation/upstream';
import type { FlowClient } from './client';
import { generationError } from './errors';
import { creditsOf } from './images';
import { type MediaItem, type MediaStatusError, mediaAnswer, type OperationItem } from './schemas';

const pollTimeoutMs = 45_000;

/** Asks for the state of running videos, in one call for each form of handle among them. */
export async function poll(
  client: FlowClient,
  access: UpstreamAccess,
  handles: readonly UpstreamHandle[],
  signal: AbortSignal,
): Promise<Map<string, PollOutcome>> {
  const outcomes = new Map<string, PollOutcome>();
  for (const form of ['media', 'operations'] as const) {
    const asked = handles.filter((handle) => handle.form === form);
    if (asked.length === 0) continue;
    const answer = await client.requestJson(
      access,
      {
        to: 'api',
        method: 'POST',
        path: '/video:batchCheckAsyncVideoGenerationStatus',
        body:
          form === 'media'
            ? { media: asked.map(mediaQuestion) }
            : { operations: asked.map(operationQuestion) },
        timeoutMs: pollTimeoutMs,
        risk: 'free',
        signal,
      },
      mediaAnswer,
    );
    const byName = new Map(asked.map((handle) => [handle.name, handle]));
    const credits = creditsOf(answer.remainingCredits);
    for (const item of answer.media ?? []) {
      const handle = byName.get(item.name ?? '');
      if (handle !== undefined) outcomes.set(handle.name, mediaOutcome(item, handle, credits));
    }
    for (const item of answer.operations ?? []) {
      const handle = byName.get(item.operation?.name ?? '');
      if (handle !== undefined) outcomes.set(handle.name, operationOutcome(item, handle, credits));
    }
  }
  return outcomes;
}

const mediaQuestion = ({ name, projectId }: UpstreamHandle) => ({ name, projectId });

const operationQuestion = ({ name, sceneId }: UpstreamHandle) => ({
  operation: { name },
  ...(sceneId === undefined ? {} : { sceneId }),
});

type Credits = { remainingCredits?: number };

function mediaOutcome(item: MediaItem, handle: UpstreamHandle, credits: Credits): PollOutcome {
  const status = item.mediaMetadata?.mediaStatus;
  const isThere = Boolean(item.video?.generatedVideo ?? item.image);
  const state = stateOf(status?.mediaGenerationStatus, isThere);
  if (state !== 'done')
    return unfinished(state, status?.mediaGenerationStatus, status?.error, status?.failureReasons);
  return succeeded(videoOutput(item, handle), status?.mediaGenerationStatus, credits);
}

/** A success that does not say where the file is cannot be fetched: it counts once upstream says it. */
function succeeded(output: UpstreamOutput, status: string | null | undefined, credits: Credits): PollOutcome {
  if (output.mediaName === undefined && output.url === undefined)
    return { type: 'running', status: status ?? 'unknown' };
  return { type: 'succeeded', output, ...credits };
}

/** Where to get the video of a finished item. */
export function videoOutput(
  item: MediaItem,
  handle: Pick<UpstreamHandle, 'projectId' | 'workflowId'>,
): UpstreamOutput {
  const { video } = item;
  const url = [
    video?.fifeUrl,
    video?.videoUrl,
    video?.outputUri,
    video?.downloadUri,
    video?.uri,
    video?.url,
  ].find((candidate) => candidate?.startsWith('http'));
  const workflowId = item.workflowId ?? handle.workflowId;
  return {
    projectId: item.projectId ?? handle.projectId,
    ...(item.name ? { mediaName: item.name } : {}),
    ...(workflowId === undefined ? {} : { workflowId }),
    ...(url ? { url } : {}),
    ...sizeOf(video?.dimensions),
  };
}

const sizeOf = (
  size: { width?: number | null | undefined; height?: number | null | undefined } | null | undefined,
) => (size?.width && size.height ? { width: size.width, height: size.height } : {});

function operationOutcome(item: OperationItem, handle: UpstreamHandle, credits: Credits): PollOutcome {
  const metadata = item.operation?.metadata ?? item.metadata;
  const state = stateOf(item.status, Boolean(metadata?.video));
  if (state !== 'done') return unfinished(state, item.status, item.operation?.error ?? item.error);
  const mediaName = metadata?.name ?? item.mediaGenerationId ?? metadata?.video?.mediaGenerationId;
  const url = metadata?.video?.fifeUrl;
  const output = {
    projectId: handle.projectId,
    ...(mediaName ? { mediaName } : {}),
    ...(url ? { url } : {}),
  };
  return succeeded(output, item.status, credits);
}

type State = 'running' | 'done' | 'failed' | 'cancelled';

const statePrefix = 'MEDIA_GENERATION_STATUS_';

const states: Readonly<Record<string, State>> = {
  PENDING: 'running',
  SCHEDULED: 'running',
  ACTIVE: 'running',
  PROCESSING: 'running',
  SUCCESSFUL: 'done',
  COMPLETE: 'done',
  FAILED: 'failed',
  CANCELED: 'cancelled',
  CANCELLED: 'cancelled',
};

/** What a status means. Finished videos can come without one, and a word that nobody has seen yet means patience. */
export function stateOf(status: string | null | undefined, isThere: boolean): State {
  if (!status) return isThere ? 'done' : 'failed';
  const name = status.startsWith(statePrefix) ? status.slice(statePrefix.length) : status;
  if (name.startsWith('ERROR')) return 'failed';
  return states[name] ?? 'running';
}

/** What is said of a generation that has no result, or not yet. */
export function unfinished(
  state: Exclude<State, 'done'>,
  status: string | null | undefined,
  error: MediaStatusError | null | undefined,
  failureReasons?: readonly string[] | null,
): PollOutcome {
  switch (state) {
    case 'running':
      return { type: 'running', status: (status ?? '').replace(statePrefix, '') };
    case 'cancelled':
      return {
        type: 'failed',
        error: { code: 'cancelled', message: 'The upstream stopped this generation as it was asked to.' },
        cancelled: true,
      };
    case 'failed':
      return {
        type: 'failed',
        error: generationError(error ?? undefined, failureReasons ?? []),
        cancelled: false,
      };
  }
}
