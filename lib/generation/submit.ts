import { findJobRow, firstQueueDeparture, insertJob, type JobInputRow } from '@/db/repositories/jobs';
import { findMedia } from '@/db/repositories/media';
import { loadCandidates } from '../accounts/pool';
import { canBeServedBy, type Need } from '../accounts/select';
import { isPinnedToGone, sourceAccountGone } from '../accounts/why-none';
import { admissionFor, admitRequest, modelDefaults } from '../api-keys/admit';
import { checkScope } from '../api-keys/scope';
import { GatewayError } from '../errors';
import { assertAccepting } from '../lifecycle';
import { parseAspectRatio } from '../models/aspect-ratio';
import { resolveModel } from '../models/resolve';
import type { MediaKind, ModelOptions, ModelSpec } from '../models/types';
import type { Runtime } from '../runtime';
import { randomId } from './ids';
import { type Source, toJob } from './job';
import { noAccountError } from './no-account';
import { type LoadedReference, loadReferences } from './references';
import type { GenerationRequest, ReferenceInput, Requester } from './types';

type Needs = Pick<
  Runtime,
  'db' | 'media' | 'http' | 'settings' | 'signals' | 'now' | 'life' | 'log' | 'queueView' | 'apiKeys'
>;

const longestPrompt = 32_000; // several times what upstream reads; more would only fill the database

/** What a surface needs to know of an accepted request. */
export type Submitted = { jobId: string; kind: MediaKind; model: string; deadlineAt: Date };

/**
 * Refuses a request, or stores it as a queued job. Every refusal is made here, before anything is promised:
 * `unknown_model`, `invalid_request`, `model_requires_tier`, `no_account_available`, `queue_full`, `shutting_down`, and
 * what the API key may not: `rate_limited`, `key_not_allowed`, `quota_exceeded`.
 */
export async function submit(
  runtime: Needs,
  request: GenerationRequest,
  requester: Requester,
  signal: AbortSignal,
): Promise<Submitted> {
  assertAccepting(runtime.life);
  const key = await admitRequest(runtime, requester);
  if (request.prompt.length > longestPrompt) {
    throw new GatewayError(
      'invalid_request',
      `The prompt has ${request.prompt.length.toLocaleString('en')} characters. Use at most ${longestPrompt.toLocaleString('en')}.`,
      { param: 'messages', wireCode: 'string_above_max_length' },
    );
  }
  const settings = runtime.settings.current();
  const source =
    request.sourceVideo === undefined ? undefined : await findSource(runtime, request.sourceVideo);
  const options = source === undefined ? request.options : likeSource(request.options, source);
  const resolve = (images: number, first?: LoadedReference): ModelSpec =>
    resolveModel(
      request.model,
      options,
      {
        images,
        ...(first === undefined ? {} : { firstImage: { width: first.width, height: first.height } }),
        ...(source === undefined ? {} : { sourceVideo: true }),
      },
      modelDefaults(runtime),
    );

  const asked = resolve(request.references.length); // before any picture is fetched: a wrong model costs nothing
  if (key !== undefined)
    checkScope(key, { asked: request.model, spec: asked, defaults: modelDefaults(runtime) });
  await checkAccounts(runtime, needOf(asked, source));
  const references = await loadAll(runtime, request, asked, signal);
  const spec = resolve(references.length, references[0]);

  const now = runtime.now();
  const timeoutSeconds =
    settings[spec.kind === 'image' ? 'generation.image_timeout' : 'generation.video_timeout'];
  const deadlineAt = new Date(now.getTime() + timeoutSeconds * 1_000);
  const jobId = `job_${randomId()}`;
  const inputs = await storeInputs(runtime, jobId, references);
  try {
    const stored = await insertJob(
      runtime.db,
      {
        id: jobId,
        apiKeyId: requester.apiKeyId ?? null,
        requestId: requester.requestId,
        requestSource: requester.source ?? null,
        state: 'queued',
        kind: spec.kind,
        model: request.model,
        specId: spec.id,
        spec,
        need: needKey(spec, source),
        prompt: request.prompt.replaceAll('\0', ''), // Postgres keeps no NUL in a text, and it says nothing
        seed: request.seed ?? null,
        source: source ?? null,
        avoid: [],
        uploads: [],
        availableAt: now,
        deadlineAt,
        createdAt: now,
      },
      inputs,
      settings['queue.max_length'],
      admissionFor(runtime, { asked: request.model, spec, now }),
    );
    if (stored.outcome === 'refused') throw stored.why;
    if (stored.outcome === 'queue_full') {
      throw new GatewayError(
        'queue_full',
        'The queue of this gateway is full. Send the request again later.',
        { retryAfterSeconds: await untilRoom(runtime, spec) },
      );
    }
  } catch (error) {
    await dropInputs(runtime, inputs);
    throw error;
  }
  runtime.signals.wakeWorker();
  return { jobId, kind: spec.kind, model: request.model, deadlineAt };
}

/** Seconds until the full queue has lost a job: as fast as they went lately, at the latest when the first waits in vain. */
async function untilRoom(
  { db, now, queueView, settings }: Pick<Runtime, 'db' | 'now' | 'queueView' | 'settings'>,
  spec: ModelSpec,
): Promise<number> {
  const maxWaitMs = settings.current()['queue.max_wait'] * 1_000;
  const [typical, departure] = await Promise.all([
    queueView.secondsPerJob(spec.id),
    firstQueueDeparture(db, { maxWaitMs }),
  ]);
  const latest = Math.ceil(((departure ?? now()).getTime() - now().getTime()) / 1_000);
  return Math.max(1, Math.min(typical ?? latest, latest));
}

/** What the job needs of an account, for the choice. */
export const needOf = (
  spec: ModelSpec,
  source: Source | undefined | null,
  avoid: readonly string[] = [],
): Need => ({
  kind: spec.kind,
  spec,
  avoid,
  ...(source === undefined || source === null ? {} : { pinnedTo: source.accountId }),
});

/** Equal for jobs that the same accounts can serve. */
const needKey = (spec: ModelSpec, source: Source | undefined): string =>
  [
    spec.kind,
    ...Object.entries(spec.flow).map(
      ([tier, plan]) => `${tier}=${plan.modelKey}/${plan.cost + plan.upscaleCost}`,
    ),
    source?.accountId,
  ]
    .filter((part) => part !== undefined)
    .join(' ');

/** Refuses what no account could serve before the job's time is over. */
async function checkAccounts({ db, now, settings }: Needs, need: Need): Promise<void> {
  const candidates = await loadCandidates({ db });
  if (isPinnedToGone(candidates, need)) {
    throw new GatewayError('invalid_request', sourceAccountGone, {
      param: 'video',
      wireCode: 'source_account_gone',
    });
  }
  const at = now();
  const current = settings.current();
  const timeout = current[need.kind === 'image' ? 'generation.image_timeout' : 'generation.video_timeout'];
  const seconds = Math.min(timeout, current['queue.max_wait']);
  if (canBeServedBy(candidates, need, at, new Date(at.getTime() + seconds * 1_000))) return;
  throw noAccountError(candidates, need, at);
}

/** An earlier video of this gateway, by the id in its address. */
async function findSource({ db }: Needs, id: string): Promise<Source> {
  const row = await findMedia(db, id.replace(/^.*\//, '').replace(/\.mp4$/, ''));
  if (
    row === undefined ||
    row.kind !== 'video' ||
    row.accountId === null ||
    row.upstreamName === null ||
    row.projectId === null
  ) {
    throw new GatewayError(
      'invalid_request',
      'The video to extend is not known. Give the id of a video that this gateway made.',
      {
        param: 'video',
      },
    );
  }
  const made = row.jobId === null ? undefined : await findJobRow(db, row.jobId);
  return {
    accountId: row.accountId,
    mediaName: row.upstreamName,
    projectId: row.projectId,
    ...(row.workflowId === null ? {} : { workflowId: row.workflowId }),
    ...(made === undefined ? {} : { aspectRatio: toJob(made).spec.aspectRatio }),
  };
}

/** What goes on from a video has its shape: asking for another one is refused before anything is charged. */
function likeSource(options: ModelOptions, { aspectRatio }: Source): ModelOptions {
  if (aspectRatio === undefined) return options;
  const asked = options.aspectRatio === undefined ? undefined : parseAspectRatio(options.aspectRatio);
  if (asked !== undefined && asked !== aspectRatio) {
    throw new GatewayError(
      'invalid_request',
      `The source video is ${aspectRatio}, and so is what goes on from it. Leave aspect_ratio out.`,
      {
        param: 'aspect_ratio',
      },
    );
  }
  return { ...options, aspectRatio };
}

/** The pictures of the request; where it brought none, the newest picture of the conversation that loads. */
async function loadAll(
  runtime: Needs,
  request: GenerationRequest,
  spec: ModelSpec,
  signal: AbortSignal,
): Promise<LoadedReference[]> {
  const own = await ownFiles(runtime, request.references);
  if (own.length > 0 || spec.kind !== 'image') return loadReferences(runtime, own, signal);
  for (const candidate of await ownFiles(runtime, request.fallbackReferences ?? [])) {
    try {
      return await loadReferences(runtime, [candidate], signal);
    } catch (error) {
      signal.throwIfAborted();
      runtime.log.info(
        { err: error },
        'an earlier picture of the conversation could not be used as reference',
      );
    }
  }
  return [];
}

/**
 * Addresses of our own files become their bytes: what we handed out must work as a reference although our own address
 * may be a private one. The id cannot be guessed, so knowing it is the right to read it.
 */
const ownFiles = ({ db, media }: Needs, inputs: readonly ReferenceInput[]): Promise<ReferenceInput[]> =>
  Promise.all(
    inputs.map(async (input): Promise<ReferenceInput> => {
      const id =
        input.type === 'url'
          ? /^https?:\/\/[^/]+\/media\/([a-z0-9]{26,})\.[a-z0-9]+(?:[?#].*)?$/.exec(input.url)?.[1]
          : undefined;
      if (id === undefined) return input;
      const row = await findMedia(db, id);
      const bytes =
        row?.kind === 'image' && row.storageKey !== null ? await media.read(row.storageKey) : undefined;
      if (bytes === undefined) return input;
      return { type: 'bytes', bytes, ...(input.param === undefined ? {} : { param: input.param }) };
    }),
  );

/** Keeps the pictures until the job has ended: a restart must not lose them. */
async function storeInputs(
  { media }: Needs,
  jobId: string,
  references: LoadedReference[],
): Promise<Omit<JobInputRow, 'jobId'>[]> {
  return Promise.all(
    references.map(async ({ bytes, contentType, width, height, sha256 }, position) => {
      const storageKey = `inputs/${jobId}/${position}`;
      const stored = await media.write(storageKey, once(bytes), { durable: false });
      return { position, storageKey, contentType, sizeBytes: stored.sizeBytes, width, height, sha256 };
    }),
  );
}

async function* once(bytes: Uint8Array) {
  yield bytes;
}

/** Removes the pictures of a job that needs them no more. */
export const dropInputs = async (
  { media }: Pick<Runtime, 'media'>,
  inputs: readonly Pick<JobInputRow, 'storageKey'>[],
): Promise<void> => {
  await Promise.all(inputs.map(({ storageKey }) => media.delete(storageKey)));
};
