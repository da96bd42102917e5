import { mediaActions } from '@/lib/admin-api/media';
import type { TaskView } from '@/lib/admin-api/tasks';

export type MediaAction = (typeof mediaActions)[number];

/** What a task does with each result; `undefined`: it is none on results. */
export const mediaActionOf = ({ kind }: Pick<TaskView, 'kind'>): MediaAction | undefined =>
  mediaActions.find((action) => kind === `media.${action}`);

/** The results on which a task failed, with what it said. */
export const failuresOf = ({ results }: Pick<TaskView, 'results'>): { id: string; reason: string }[] =>
  results.flatMap(({ outcome, media_id: id, reason = '' }) =>
    outcome === 'failed' && id !== undefined ? [{ id, reason }] : [],
  );
