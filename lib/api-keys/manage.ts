import type { z } from 'zod';
import {
  type ApiKeyChanges,
  deleteApiKey,
  findApiKey,
  rotateApiKey,
  updateApiKey,
} from '@/db/repositories/api-keys';
import type {
  createKey as createContract,
  graceTimes,
  KeyRow,
  KeyWithValue,
  updateKey as updateContract,
} from '../admin-api/keys';
import { type Actor, writeAudit } from '../audit';
import { GatewayError } from '../errors';
import { findModelId } from '../models/model-ids';
import type { Runtime } from '../runtime';
import { hashApiKey, hintOf, issueApiKey, makeApiKey } from './issue';
import { viewKey } from './list';

type Needs = Pick<Runtime, 'db' | 'now' | 'log' | 'settings' | 'apiKeys' | 'env'>;
type Created = z.infer<typeof createContract.body>;
type Updated = z.infer<typeof updateContract.body>;

const hourMs = 3_600_000;
const graceMs: Record<(typeof graceTimes)[number], number> = { none: 0, '1h': hourMs, '24h': 24 * hourMs };

/** Makes a key; its value is in the answer and nowhere else. Throws `invalid_request` naming the field. */
export async function createKey(runtime: Needs, want: Created, actor: Actor): Promise<KeyWithValue> {
  const { name, ...rules } = want;
  const changes = toChanges(runtime, rules);
  const { id, value } = await issueApiKey(runtime, { name, rules: changes });
  runtime.apiKeys.forget();
  await writeAudit(runtime, { action: 'key.create', object: id, detail: { ...rules, name }, ...actor });
  return { key: await getKeyView(runtime, id), value };
}

/** Changes what is given. Throws `not_found` and `invalid_request`. */
export async function changeKey(runtime: Needs, id: string, want: Updated, actor: Actor): Promise<KeyRow> {
  const row = await updateApiKey(runtime.db, id, toChanges(runtime, want));
  if (row === undefined) throw unknownKey();
  if (row === 'taken') {
    const message = `There is an API key named ${JSON.stringify(want.name)} already. Choose another name.`;
    throw new GatewayError('invalid_request', message, { param: 'name' });
  }
  runtime.apiKeys.forget();
  await writeAudit(runtime, {
    action: actionOf(want),
    object: id,
    detail: { ...want, key: row.name },
    ...actor,
  });
  return getKeyView(runtime, id);
}

/** Switching on or off alone is told as such. */
function actionOf(want: Updated): string {
  const isSwitch = want.enabled !== undefined && Object.keys(want).length === 1;
  if (!isSwitch) return 'key.change';
  return want.enabled === true ? 'key.enable' : 'key.disable';
}

/**
 * Gives the key another value; the one before works until the grace is over. Throws `not_found`, and `invalid_request`
 * for the key of `API_KEY`, which the next start would set back.
 */
export async function rotateKey(
  runtime: Needs,
  id: string,
  grace: (typeof graceTimes)[number],
  actor: Actor,
): Promise<KeyWithValue> {
  const known = await findApiKey(runtime.db, id);
  const { apiKey } = runtime.env;
  if (known !== undefined && apiKey !== undefined && known.hash === hashApiKey(apiKey)) {
    throw new GatewayError(
      'invalid_request',
      'The value of this key is set by the environment variable API_KEY. Change it there, or remove it first.',
    );
  }
  const value = makeApiKey();
  const graceUntil = grace === 'none' ? null : new Date(runtime.now().getTime() + graceMs[grace]);
  const row = await rotateApiKey(runtime.db, {
    id,
    hash: hashApiKey(value),
    hint: hintOf(value),
    graceUntil,
  });
  if (row === undefined) throw unknownKey();
  runtime.apiKeys.forget();
  await writeAudit(runtime, { action: 'key.rotate', object: id, detail: { key: row.name, grace }, ...actor });
  return { key: await getKeyView(runtime, id), value };
}

/** Deletes the key; its jobs and media stay. Throws `not_found`. */
export async function deleteKey(runtime: Needs, id: string, actor: Actor): Promise<{ deleted: true }> {
  const known = await findApiKey(runtime.db, id);
  if (known === undefined || !(await deleteApiKey(runtime.db, id))) throw unknownKey();
  runtime.apiKeys.forget();
  await writeAudit(runtime, { action: 'key.delete', object: id, detail: { key: known.name }, ...actor });
  return { deleted: true };
}

/** One key as the console sees it. Throws `not_found`. */
export async function getKeyView(
  runtime: Pick<Runtime, 'db' | 'now' | 'settings'>,
  id: string,
): Promise<KeyRow> {
  const view = await viewKey(runtime, id);
  if (view === undefined) throw unknownKey();
  return view;
}

const unknownKey = () => new GatewayError('not_found', 'There is no API key of this id.');

function toChanges({ now, settings }: Pick<Runtime, 'now' | 'settings'>, want: Updated): ApiKeyChanges {
  if (want.models !== undefined && want.models !== null) checkModels({ settings }, want.models);
  const expiresAt = typeof want.expires_at === 'string' ? new Date(want.expires_at) : want.expires_at;
  if (expiresAt instanceof Date && expiresAt <= now()) {
    throw new GatewayError('invalid_request', 'Choose a moment in the future, or no end.', {
      param: 'expires_at',
    });
  }
  return definedOnly({
    name: want.name,
    enabled: want.enabled,
    expiresAt,
    models: want.models === undefined || want.models === null ? want.models : [...new Set(want.models)],
    mediaTypes: want.media_types,
    requestsPerMinute: want.requests_per_minute,
    concurrentJobs: want.concurrent_jobs,
    imagesPerDay: want.images_per_day,
    videosPerDay: want.videos_per_day,
    creditsPerDay: want.credits_per_day,
  });
}

function checkModels({ settings }: Pick<Runtime, 'settings'>, models: readonly string[]): void {
  const { 'generation.default_image_model': image, 'generation.default_video_model': video } =
    settings.current();
  const unknown = models.filter((id) => findModelId(id, { image, video }) === undefined);
  if (unknown.length === 0) return;
  const names = unknown.slice(0, 5).map((id) => JSON.stringify(id));
  throw new GatewayError('invalid_request', `There is no model ${names.join(', ')}.`, { param: 'models' });
}

type Defined<T> = { [Key in keyof T]?: Exclude<T[Key], undefined> };

/** Without the members that are undefined: those stay as they are. */
const definedOnly = <T extends Record<string, unknown>>(values: T): Defined<T> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Defined<T>;
