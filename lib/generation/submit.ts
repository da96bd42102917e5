import { findJobRow, findNeededInputs, type JobInputRow, type NewJobRow } from '@/db/repositories/jobs';
import { findMedia } from '@/db/repositories/media';
import { loadCandidates } from '../accounts/pool';
import { canBeServedBy, type Need } from '../accounts/select';
import { chosenAccountGone, isPinnedToGone, sourceAccountGone } from '../accounts/why-none';
import { modelDefaults } from '../api-keys/admit';
import { checkScope, type KeyScope } from '../api-keys/scope';
import { GatewayError } from '../errors';
import { findOldFile } from '../media/old-files';
import type { MemoryRoom } from '../memory-budget';
import { parseAspectRatio } from '../models/aspect-ratio';
import { resolveModel } from '../models/resolve';
import type { MediaKind, ModelOptions, ModelSpec } from '../models/types';
import type { Runtime } from '../runtime';
import { randomId } from './ids';
import { type Job, type Source, toJob } from './job';
import { noAccountError } from './no-account';
import { type LoadableInput, type LoadedReference, loadReferences } from './references';
import {
  type GenerationRequest,
  type LostPicture,
  longestPrompt,
  type ReferenceInput,
  type Requester,
} from './types';

/** What of the runtime accepting a request takes. */
export type SubmitNeeds = Pick<
  Runtime,
  | 'env'
  | 'db'
  | 'media'
  | 'http'
  | 'settings'
  | 'signals'
  | 'now'
  | 'life'
  | 'log'
  | 'queueView'
  | 'apiKeys'
  | 'submitting'
  | 'pictureBudget'
>;

/** What a surface needs to know of an accepted job. */
export type SubmittedJob = {
  jobId: string;
  kind: MediaKind;
  /** As the client sent it. */
  model: string;
  createdAt: Date;
  deadlineAt: Date;
};

/** What a request comes to: the model with its options, the earlier video, the pictures. */
export type Examined = {
  spec: ModelSpec;
  source: Source | undefined;
  references: LoadedReference[];
  lostPicture?: LostPicture;
};

/** A picture of a job as it is stored. */
export type StoredInput = Omit<JobInputRow, 'jobId'>;

/**
 * Refuses what cannot be made: `unknown_model`, `invalid_request`, `key_not_allowed`, `model_requires_tier`,
 * `no_account_available`. Loads the pictures of what can; `room` holds those that were not sent with the request.
 */
export async function examine(
  runtime: SubmitNeeds,
  room: MemoryRoom,
  request: GenerationRequest,
  key: KeyScope | undefined,
  signal: AbortSignal,
): Promise<Examined> {
  const videoParam = request.options.names?.sourceVideo ?? 'video';
  const source =
    request.sourceVideo === undefined
      ? undefined
      : await findSource(runtime, request.sourceVideo, videoParam);
  const options = source === undefined ? request.options : likeSource(request.options, source);
  const resolve = (images: number, first?: LoadedReference): ModelSpec =>
    resolveModel(
      request.model,
      options,
      {
        images,
        ...(first === undefined ? {} : { firstImage: { width: first.width, height: first.height } }),
        ...(source === undefined ? {} : { sourceVideo: true }),
        ...(request.pictureRole === undefined ? {} : { pictureRole: request.pictureRole }),
      },
      modelDefaults(runtime),
    );

  const asked = resolve(request.references.length); // before any picture is fetched: a wrong model costs nothing
  if (key !== undefined)
    checkScope(key, { asked: request.model, spec: asked, defaults: modelDefaults(runtime) });
  const pinnedTo = request.accountId ?? null;
  await checkAccounts(runtime, needOf({ spec: asked, source: source ?? null, pinnedTo }), videoParam);
  const { references, ...lost } = await loadAll(runtime, room, request, asked, signal);
  return { spec: resolve(references.length, references[0]), source, references, ...lost };
}

/** Throws `invalid_request` for a prompt that is too long. */
export function checkPrompt({ prompt }: Pick<GenerationRequest, 'prompt'>): void {
  if (prompt.length <= longestPrompt) return;
  throw new GatewayError(
    'invalid_request',
    `The prompt has ${prompt.length.toLocaleString('en')} characters. Use at most ${longestPrompt.toLocaleString('en')}.`,
    { param: 'messages', wireCode: 'string_above_max_length' },
  );
}

/** The row of a new job. */
export function newJobRow(
  runtime: Pick<Runtime, 'settings' | 'now'>,
  request: GenerationRequest,
  { spec, source }: Omit<Examined, 'references'>,
  requester: Requester,
): NewJobRow {
  const settings = runtime.settings.current();
  const now = runtime.now();
  const timeoutSeconds =
    settings[spec.kind === 'image' ? 'generation.image_timeout' : 'generation.video_timeout'];
  return {
    id: `job_${randomId()}`,
    apiKeyId: requester.apiKeyId ?? null,
    requestId: requester.requestId,
    requestSource: requester.source ?? null,
    state: 'queued',
    kind: spec.kind,
    model: request.model,
    specId: spec.id,
    spec,
    need: needKey(spec, source?.accountId ?? request.accountId),
    prompt: request.prompt.replaceAll('\0', ''), // Postgres keeps no NUL in a text, and it says nothing
    seed: request.seed ?? null,
    source: source ?? null,
    pinnedTo: request.accountId ?? null,
    avoid: [],
    uploads: [],
    availableAt: now,
    deadlineAt: new Date(now.getTime() + timeoutSeconds * 1_000),
    createdAt: now,
  };
}

/** What the job needs of an account, for the choice. */
export function needOf(
  { spec, source, pinnedTo }: Pick<Job, 'spec' | 'source' | 'pinnedTo'>,
  avoid: readonly string[] = [],
): Need {
  const need: Need = { kind: spec.kind, spec, avoid };
  if (source !== null) return { ...need, pinnedTo: source.accountId };
  return pinnedTo === null ? need : { ...need, pinnedTo, isChosen: true };
}

/** Equal for jobs that the same accounts can serve. */
const needKey = (spec: ModelSpec, accountId: string | undefined): string =>
  [
    spec.kind,
    ...Object.entries(spec.flow).map(
      ([tier, plan]) => `${tier}=${plan.modelKey}/${plan.cost + plan.upscaleCost}`,
    ),
    accountId,
  ]
    .filter((part) => part !== undefined)
    .join(' ');

/** Refuses what no account could serve before the job's time is over. */
async function checkAccounts(
  { db, now, settings }: SubmitNeeds,
  need: Need,
  videoParam: string,
): Promise<void> {
  const candidates = await loadCandidates({ db });
  if (isPinnedToGone(candidates, need)) {
    if (need.isChosen === true)
      throw new GatewayError('invalid_request', chosenAccountGone, { param: 'account' });
    throw new GatewayError('invalid_request', sourceAccountGone, {
      param: videoParam,
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
async function findSource({ db, settings }: SubmitNeeds, id: string, param: string): Promise<Source> {
  if (settings.current()['compatibility.enabled'] && oldFileName(id) !== undefined) {
    throw new GatewayError(
      'invalid_request',
      'The video to extend has an address of the gateway before this one, whose videos are unknown to Google here. Only videos that this gateway made can be extended.',
      { param },
    );
  }
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
      { param },
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
    const param = options.names?.aspectRatio ?? 'aspect_ratio';
    throw new GatewayError(
      'invalid_request',
      `The source video is ${aspectRatio}, and so is what goes on from it. Leave ${param} out.`,
      { param },
    );
  }
  return { ...options, aspectRatio };
}

/** The pictures of the request; where it brought none, the newest picture of the conversation that loads. */
async function loadAll(
  runtime: SubmitNeeds,
  room: MemoryRoom,
  request: GenerationRequest,
  spec: ModelSpec,
  signal: AbortSignal,
): Promise<Pick<Examined, 'references' | 'lostPicture'>> {
  const { references, fallbackReferences = [] } = request;
  if (references.length > 0 || spec.kind !== 'image') {
    const inputs = await Promise.all(references.map((input) => findOwnFile(runtime, input)));
    return { references: await loadReferences(runtime, room, inputs, signal) };
  }
  const [newest] = fallbackReferences;
  const isOurs = newest?.type === 'url' && isOwnAddress(runtime, newest.url);
  const fetchMs = runtime.settings.current()['references.fetch_timeout'] * 1_000;
  const inTime = AbortSignal.any([signal, AbortSignal.timeout(Math.min(fetchMs, fallbackMs))]);
  for (const [index, candidate] of fallbackReferences.entries()) {
    try {
      const inputs = [await findOwnFile(runtime, candidate)];
      const loaded = await loadReferences(runtime, room, inputs, inTime);
      return { references: loaded, ...(index === 0 ? {} : { lostPicture: { isOurs, usedOlder: true } }) };
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof GatewayError && error.code === 'queue_timeout') throw error; // no fault of the picture
      if (index === 0 && candidate.param !== undefined) throw noLongerKept(candidate.param, error);
      runtime.log.info(
        { err: error },
        'an earlier picture of the conversation could not be used as reference',
      );
    }
  }
  return newest === undefined
    ? { references: [] }
    : { references: [], lostPicture: { isOurs, usedOlder: false } };
}

/** For all pictures of a conversation together: nobody asked for any of them. */
const fallbackMs = 10_000;

/** For a picture that the client named in so many words. */
const noLongerKept = (param: string, cause: unknown) =>
  new GatewayError(
    'invalid_request',
    `The picture that "${param}" names is no longer kept. Send it as an "input_image", or leave the item out.`,
    { param, cause },
  );

/** The id in an address of a file of ours, whatever host and path the gateway was reached by. */
const ownFileId = (url: string): string | undefined =>
  /^https?:\/\/[^?#]+\/media\/([a-z0-9]{26,})\.[a-z0-9]+(?:[?#].*)?$/.exec(url)?.[1];

/**
 * The same for a file that the predecessor handed out, by default as `http://0.0.0.0:8000/tmp/…`. Its name is a hash, so
 * a file of that name which is here is that file, whatever the host is called.
 */
const oldFileName = (url: string): string | undefined =>
  /^https?:\/\/[^?#]+\/tmp\/([a-f0-9]{32}\.[a-z0-9]{2,5})(?:[?#].*)?$/.exec(url)?.[1];

const isOwnAddress = ({ settings }: Pick<SubmitNeeds, 'settings'>, url: string): boolean =>
  ownFileId(url) !== undefined ||
  (settings.current()['compatibility.enabled'] && oldFileName(url) !== undefined);

/**
 * Addresses of our own files are read from the store: what we handed out must work as a reference although our own
 * address may be a private one. The id cannot be guessed, so knowing it is the right to read it.
 */
async function findOwnFile(runtime: SubmitNeeds, input: ReferenceInput): Promise<LoadableInput> {
  const { db, media } = runtime;
  if (input.type !== 'url') return input;
  const old = await readOldFile(runtime, input.url);
  if (old !== undefined) return { ...input, stored: old };
  const id = ownFileId(input.url);
  const row = id === undefined ? undefined : await findMedia(db, id);
  if (row?.kind !== 'image') return input;
  const { storageKey, sizeBytes, sha256, upstreamUrl } = row;
  if (storageKey === null && upstreamUrl === null) throw ownPictureGone(input);
  if (storageKey === null || sizeBytes === null || sha256 === null) return input;
  const read = async () => {
    const bytes = (await media.verify(storageKey, sha256)) ? await media.read(storageKey) : undefined;
    if (bytes === undefined) throw ownPictureGone(input);
    return bytes;
  };
  return { ...input, stored: { sizeBytes, read } };
}

/** At once: asking the network for it would only lead back here. */
function ownPictureGone({ param = 'image' }: ReferenceInput): GatewayError {
  return new GatewayError(
    'invalid_request',
    `"${param}" names a picture of this gateway that is no longer kept. Send the picture itself, or another one.`,
    { param, wireCode: 'media_gone' },
  );
}

async function readOldFile(
  { env, settings }: Pick<SubmitNeeds, 'env' | 'settings'>,
  url: string,
): Promise<LoadableInput['stored']> {
  const name = settings.current()['compatibility.enabled'] ? oldFileName(url) : undefined;
  const file = name === undefined ? undefined : await findOldFile(env.dataDir, name);
  if (file === undefined) return undefined;
  const { sizeBytes } = file;
  const range = { start: 0, end: sizeBytes - 1 };
  return {
    sizeBytes,
    read: async () => new Uint8Array(await new Response(file.stream(range)).arrayBuffer()),
  };
}

/**
 * Keeps pictures until the jobs that share them have ended: a restart must not lose them. `name`: the first of these jobs.
 * `dropInputs` where they are not stored after all.
 */
export async function storeInputs(
  runtime: Pick<Runtime, 'db' | 'media'>,
  name: string,
  references: readonly LoadedReference[],
): Promise<StoredInput[]> {
  const writes = await Promise.allSettled(
    references.map(async ({ bytes, contentType, width, height, sha256 }, position) => {
      const storageKey = `inputs/${name}/${position}`;
      const stored = await runtime.media.write(storageKey, once(bytes), { durable: false });
      return { position, storageKey, contentType, sizeBytes: stored.sizeBytes, width, height, sha256 };
    }),
  );
  const inputs = writes.flatMap((write) => (write.status === 'fulfilled' ? [write.value] : []));
  const failure = writes.find((write) => write.status === 'rejected');
  if (failure === undefined) return inputs;
  await dropInputs(runtime, inputs); // all or none: nobody would look for the others
  throw failure.reason;
}

async function* once(bytes: Uint8Array) {
  yield bytes;
}

/**
 * Removes the pictures of a job whose rows are gone, but for those that another job still needs: the last one takes them.
 * Those of which that cannot be said are left to the removal of orphans.
 */
export async function dropInputs(
  { db, media }: Pick<Runtime, 'db' | 'media'>,
  inputs: readonly Pick<JobInputRow, 'storageKey'>[],
): Promise<void> {
  const keys = [...new Set(inputs.map(({ storageKey }) => storageKey))];
  if (keys.length === 0) return;
  const needed = await findNeededInputs(db, keys).catch(() => new Set(keys));
  await Promise.all(keys.filter((key) => !needed.has(key)).map((key) => media.delete(key)));
}
