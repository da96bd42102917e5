import { isUpstreamError } from '../errors';
import type { ListingOutcome, Submission, UpstreamAccess } from '../generation/upstream';
import { callTrpc } from './account';
import type { FlowClient } from './client';
import { imageOutput } from './images';
import { type MediaItem, type ProjectContents, projectListing, type WorkflowItem } from './schemas';

const listingTimeoutMs = 30_000;
const listingMaxBytes = 128 * 1_048_576; // everything a project ever held

/** Searches what the project holds for a submit whose answer was never seen. */
export async function findSubmission(
  client: FlowClient,
  access: UpstreamAccess,
  submission: Submission,
  signal: AbortSignal,
): Promise<ListingOutcome> {
  const contents = await readContents(client, access, submission.projectId, signal);
  if (contents === undefined) return { type: 'unavailable' };
  const item = findItem(contents, submission);
  if (item?.name === undefined || item.name === null) return { type: 'absent' };

  if (submission.spec.kind === 'image') {
    const output = imageOutput(item, submission.projectId);
    return output === undefined
      ? { type: 'absent' }
      : { type: 'found', outcome: { type: 'finished', outputs: [output] } };
  }
  const operationName = item.video?.operation?.name;
  const isOperation = Boolean(operationName) && operationName !== item.name;
  return {
    type: 'found',
    outcome: {
      type: 'accepted',
      handle: {
        // A server of December 2025 knows a running video by a name of its own.
        form: isOperation ? 'operations' : 'media',
        name: isOperation && operationName ? operationName : item.name,
        projectId: item.projectId ?? submission.projectId,
        sceneId: submission.sceneId,
        ...(item.workflowId ? { workflowId: item.workflowId } : {}),
      },
    },
  };
}

/** What the project holds; `undefined` when the server has no such listing. */
async function readContents(
  client: FlowClient,
  access: UpstreamAccess,
  projectId: string,
  signal: AbortSignal,
): Promise<ProjectContents | undefined> {
  const input = encodeURIComponent(JSON.stringify({ json: { projectId } }));
  try {
    const json = await callTrpc(client, access, {
      method: 'GET',
      path: `/trpc/flow.projectInitialData?input=${input}`,
      timeoutMs: listingTimeoutMs,
      maxBytes: listingMaxBytes,
      signal,
    });
    const listing = projectListing.safeParse(json.projectContents === undefined ? json.result : json);
    return listing.data?.projectContents;
  } catch (error) {
    const status = isUpstreamError(error) ? (error.failure.status ?? 0) : 0;
    if ([400, 404, 405, 501].includes(status)) return undefined;
    throw error;
  }
}

function findItem(contents: ProjectContents, submission: Submission): MediaItem | undefined {
  const media = contents.media ?? [];
  const isOther = (item: MediaItem) => item.name === submission.source?.mediaName;
  for (const workflow of (contents.workflows ?? []).filter((candidate) => isOurs(candidate, submission))) {
    const primary = media.find((item) => item.name && item.name === workflow.metadata?.primaryMediaId);
    if (primary !== undefined && !isOther(primary)) return primary;
    // An upscale and an extension stand in the workflow of their source.
    const found = media.findLast((item) => item.workflowId === workflow.name && !isOther(item));
    if (found !== undefined && workflow.name) return found;
  }
  // A server that keeps our batch ids has just said that it has none of this one.
  const keepsBatches = (contents.workflows ?? []).some(({ metadata }) => Boolean(metadata?.batchId));
  return media.find(
    (item) =>
      item.sceneId === submission.sceneId ||
      (!keepsBatches && isSamePicture(item, submission)) ||
      isUpscale(item, submission),
  );
}

const isOurs = ({ metadata }: WorkflowItem, { batchId, sceneId }: Submission) =>
  metadata?.batchId === batchId || metadata?.sceneId === sceneId;

function isSamePicture(item: MediaItem, { spec, phase, seed, prompt }: Submission): boolean {
  const generated = item.image?.generatedImage;
  if (spec.kind !== 'image' || phase !== 'generate' || generated?.seed !== seed) return false;
  const prompts = [
    generated.prompt,
    ...(generated.requestData?.promptInputs ?? []).map(({ textInput }) => textInput),
  ];
  return prompts.includes(prompt);
}

/** The name that an upscale gets is known beforehand. */
const isUpscale = (item: MediaItem, { phase, source, spec }: Submission) =>
  phase === 'upscale' &&
  spec.kind === 'video' &&
  source !== undefined &&
  item.name === `${source.mediaName}_upsampled`;
