import type { z } from 'zod';
import { findAccount } from '@/db/repositories/accounts';
import { findPlaygroundRun } from '@/db/repositories/playground-runs';
import type { PlaygroundRun, startPlaygroundRun as startContract } from '../admin-api/playground';
import { modelDefaults } from '../api-keys/admit';
import { type Actor, writeAudit } from '../audit';
import { GatewayError } from '../errors';
import type { SubmitNeeds } from '../generation/submit';
import { submitOnce } from '../generation/submit-once';
import type { GenerationRequest } from '../generation/types';
import { nativeResolution } from '../models/catalog';
import { resolveModel } from '../models/resolve';
import type { ModelOptions, ModelSpec } from '../models/types';
import { wayOf } from './catalogue';
import { type KeptForm, readRun } from './runs';

type Body = z.output<typeof startContract.body>;
type Image = Body['images'][number];

/**
 * Makes the jobs of a run, or gives the run of this id that is there already. Refusals are those of `submitOnce`;
 * `onJob` is told which job the run begins with.
 */
export async function startRun(
  runtime: SubmitNeeds,
  body: Body,
  {
    actor,
    requestId,
    signal,
    onJob,
  }: { actor: Actor; requestId: string; signal: AbortSignal; onJob: (jobId: string) => void },
): Promise<PlaygroundRun> {
  if ((await findPlaygroundRun(runtime.db, body.id)) !== undefined) return readRun(runtime, body.id);
  const request = toRequest(body);
  const form = await keepForm(runtime, body, request);
  const { jobs, joined } = await submitOnce(
    runtime,
    Array.from({ length: body.outputs }, () => request),
    { requestId, source: 'playground', run: { id: body.id, form } },
    undefined,
    signal,
  );
  const first = jobs[0]?.jobId;
  if (!joined && first !== undefined) {
    onJob(first);
    await writeAudit(runtime, {
      ...actor,
      action: 'playground.run',
      object: body.id,
      detail: { model: body.model, outputs: body.outputs },
    });
  }
  return readRun(runtime, body.id);
}

function toRequest(body: Body): GenerationRequest {
  const ofRole = (role: Image['role']) => body.images.filter((image) => image.role === role);
  const [firsts, lasts, ingredients] = [ofRole('first_frame'), ofRole('last_frame'), ofRole('ingredient')];
  const hasFrames = firsts.length + lasts.length > 0;
  if (hasFrames && ingredients.length > 0)
    throw refuseImages('Frames and ingredients cannot be used together.');
  if (firsts.length > 1 || lasts.length > 1) throw refuseImages('Give one first frame and one last frame.');
  if (lasts.length > 0 && firsts.length === 0)
    throw refuseImages('A last frame needs a first frame before it.');
  const options: ModelOptions = {
    ...(body.aspect_ratio === undefined ? {} : { aspectRatio: body.aspect_ratio }),
    ...(body.seconds === undefined ? {} : { seconds: body.seconds }),
    ...(body.resolution === undefined ? {} : { resolution: body.resolution }),
  };
  return {
    model: body.model,
    prompt: body.prompt,
    options,
    references: [...firsts, ...lasts, ...ingredients].map(({ url }) => ({
      type: 'url' as const,
      url,
      param: 'images',
    })),
    ...(hasFrames ? { pictureRole: 'frame' as const } : {}),
    ...(ingredients.length > 0 ? { pictureRole: 'reference' as const } : {}),
    ...(body.source_video === undefined ? {} : { sourceVideo: body.source_video }),
    ...(body.account === undefined ? {} : { accountId: body.account }),
  };
}

const refuseImages = (message: string) => new GatewayError('invalid_request', message, { param: 'images' });

/** What was chosen, as the form is to show it again. Uploaded pictures are not kept, addresses are. */
async function keepForm(runtime: SubmitNeeds, body: Body, request: GenerationRequest): Promise<KeptForm> {
  const spec = resolve(runtime, body, request);
  return {
    model: body.model,
    base: spec.base,
    way: wayOf(spec.mode),
    aspect_ratio: spec.aspectRatio,
    seconds: spec.seconds ?? null,
    resolution: spec.upscale ?? nativeResolution[spec.kind],
    outputs: body.outputs,
    account:
      body.account === undefined
        ? null
        : { id: body.account, email: (await findAccount(runtime.db, body.account))?.email ?? null },
    images: body.images.map(({ role, name, url }) => ({
      role,
      name: name ?? null,
      url: /^data:/i.test(url) ? null : url.slice(0, 2_000),
    })),
    source_video: body.source_video ?? null,
  };
}

const resolve = (runtime: SubmitNeeds, body: Body, request: GenerationRequest): ModelSpec =>
  resolveModel(
    body.model,
    request.options,
    {
      images: request.references.length,
      ...(request.pictureRole === undefined ? {} : { pictureRole: request.pictureRole }),
      ...(request.sourceVideo === undefined ? {} : { sourceVideo: true }),
    },
    modelDefaults(runtime),
  );
