import { z } from 'zod';
import { defineContract } from './contract';
import { pageFields } from './query';

const instant = z.iso.datetime();

/** What became of one row of a task. Holds no secret. */
export const taskResult = z.object({
  /** Counted from 1, as in what was sent. */
  row: z.int(),
  email: z.string().nullable(),
  account_id: z.string().nullable(),
  /** Of work on results. */
  media_id: z.string().optional(),
  outcome: z.enum(['added', 'updated', 'skipped', 'done', 'failed']),
  /** Of a failure, or why the row was skipped. */
  reason: z.string().optional(),
});

export type TaskResult = z.infer<typeof taskResult>;

/** Long work of the console: how far it is and what came of it. */
export const taskView = z.object({
  id: z.string(),
  /** `accounts.import`, or `accounts.` or `media.` and the action. */
  kind: z.string(),
  state: z.enum(['running', 'completed', 'stopped', 'failed']),
  total: z.int(),
  done: z.int(),
  failed: z.int(),
  /** Somebody has asked it to stop; rows under way are finished. */
  is_stopping: z.boolean(),
  created_at: instant,
  ended_at: instant.nullable(),
  /** Of every row that is done, in their order. */
  results: z.array(taskResult),
});

export type TaskView = z.infer<typeof taskView>;

/** The latest tasks, the newest first, without the results of their rows. */
export const listTasks = defineContract({
  method: 'GET',
  path: '/api/v1/admin/tasks',
  query: z.object({ limit: z.coerce.number().int().min(1).max(100).default(20), ...pageFields }),
  body: z.undefined(),
  status: 200,
  output: z.object({
    items: z.array(taskView.omit({ results: true })),
    total: z.int(),
    total_is_capped: z.boolean(),
  }),
});

export const getTask = defineContract({
  method: 'GET',
  path: '/api/v1/admin/tasks/{id}',
  query: z.object({}),
  body: z.undefined(),
  status: 200,
  output: taskView,
});

/** Stops a task after the rows under way. What is done stays done; one that has ended is given as it is. */
export const stopTask = defineContract({
  method: 'DELETE',
  path: '/api/v1/admin/tasks/{id}',
  query: z.object({}),
  body: z.undefined(),
  status: 200,
  output: taskView,
});
