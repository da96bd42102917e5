import { listGalleryIds } from '@/db/repositories/gallery';
import { startTask, type TaskKind } from '../accounts/tasks';
import { type MediaFilter, mediaActions } from '../admin-api/media';
import type { TaskView } from '../admin-api/tasks';
import { type Actor, writeAudit } from '../audit';
import { GatewayError, isGatewayError } from '../errors';
import type { Runtime } from '../runtime';
import { toGalleryFilter } from './gallery';
import { deleteMedia, keepMedia, type ManageNeeds } from './manage';

type Action = (typeof mediaActions)[number];

/** As it is sealed while the task runs: results are chosen at the start, so that the filter cannot come to mean others. */
type BulkInput = { action: Action; ids: string[]; actor: Actor };

const mostAtOnce = 10_000;

const kindOf = (action: Action) => `media.${action}`;

/** Those that the action would change something about. */
const applicable: Record<Action, Pick<MediaFilter, 'state' | 'kept'>> = {
  keep: { state: ['stored'], kept: 'no' },
  unkeep: { kept: 'yes' },
  delete: {},
};

/** Begins work on many results. Throws `invalid_request` when the filter finds none, or too many. */
export async function startMediaBulk(
  runtime: Pick<Runtime, 'db' | 'now' | 'log' | 'secrets'>,
  wanted: { action: Action; ids?: string[] | undefined; filter?: MediaFilter | undefined },
  actor: Actor,
): Promise<TaskView> {
  const { action } = wanted;
  const ids = [...new Set(wanted.ids ?? (await findIds(runtime, action, wanted.filter ?? {})))];
  if (ids.length === 0) throw new GatewayError('invalid_request', 'No result matches.', { param: 'filter' });
  if (ids.length > mostAtOnce) {
    throw new GatewayError(
      'invalid_request',
      'More than 10,000 results match. Narrow the filter, by time for example.',
      {
        param: 'filter',
      },
    );
  }
  const input: BulkInput = { action, ids, actor };
  const task = await startTask(runtime, { kind: kindOf(action), total: ids.length, input });
  await writeAudit(runtime, {
    ...actor,
    action: 'media.bulk',
    object: task.id,
    detail: { action, files: ids.length },
  });
  return task;
}

async function findIds({ db }: Pick<Runtime, 'db'>, action: Action, filter: MediaFilter): Promise<string[]> {
  const { state, kept } = applicable[action];
  const isContrary = filter.kept !== undefined && kept !== undefined && filter.kept !== kept;
  const states =
    filter.state === undefined ? state : filter.state.filter((one) => state?.includes(one) ?? true);
  if (isContrary || states?.length === 0) return [];
  return listGalleryIds(
    db,
    toGalleryFilter({ ...filter, state: states, kept: kept ?? filter.kept }),
    mostAtOnce + 1,
  );
}

const actions: Record<
  Action,
  (runtime: ManageNeeds, target: { id: string; actor: Actor }) => Promise<unknown>
> = {
  keep: (runtime, target) => keepMedia(runtime, target, true),
  unkeep: (runtime, target) => keepMedia(runtime, target, false),
  delete: deleteMedia,
};

/** The tasks on results. */
export const mediaTasks = (runtime: ManageNeeds): Record<string, TaskKind> =>
  Object.fromEntries(mediaActions.map((action) => [kindOf(action), bulkKind(runtime, action)]));

const alreadyGone = { outcome: 'done', reason: 'It was gone already.' } as const;

const bulkKind = (runtime: ManageNeeds, action: Action): TaskKind => ({
  asksUpstream: false,
  open(stored) {
    const { ids, actor } = stored as BulkInput; // stored by `startMediaBulk`
    const mediaIdOf = (index: number) => ids[index] ?? '';
    return {
      emailOf: () => null,
      mediaIdOf,
      async run(index) {
        const id = mediaIdOf(index);
        const row = { email: null, account_id: null, media_id: id };
        try {
          await actions[action](runtime, { id, actor });
          return { ...row, outcome: 'done' };
        } catch (error) {
          // Where the process ended before it was noted down, the row is done again.
          const isGone = action === 'delete' && isGatewayError(error) && error.code === 'not_found';
          if (isGone) return { ...row, ...alreadyGone };
          throw error;
        }
      },
    };
  },
});
