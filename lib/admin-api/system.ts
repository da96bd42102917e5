import { z } from 'zod';
import { defineContract } from './contract';

const instant = z.iso.datetime();

/** How a background loop is doing in this process. */
export const loopStatus = z.object({
  name: z.string(),
  /** `cluster`: one process of the installation runs it at a time, so another one may have run it last. */
  scope: z.enum(['process', 'cluster']),
  running: z.boolean(),
  last_run_at: instant.nullable(),
  /** Of the last run. */
  duration_ms: z.int().nullable(),
  next_run_at: instant.nullable(),
  /** Of the last run, if it failed. */
  last_error: z.object({ at: instant, message: z.string() }).nullable(),
});

export type LoopStatus = z.infer<typeof loopStatus>;

/** Every background loop. */
export const listLoops = defineContract({
  method: 'GET',
  path: '/api/v1/admin/loops',
  query: z.object({}),
  body: z.undefined(),
  status: 200,
  output: z.object({ items: z.array(loopStatus) }),
});

/** Runs a loop now, or waits for the run under way, and says how it went. */
export const runLoop = defineContract({
  method: 'POST',
  path: '/api/v1/admin/loops/{name}/run',
  query: z.object({}),
  body: z.undefined(),
  status: 200,
  output: z.object({
    /** False: another process is running it. */
    ran: z.boolean(),
    loop: loopStatus,
  }),
});

/** Something that has to be fine for the program to work. */
export const systemCheck = z.object({
  name: z.enum(['database', 'media', 'disk']),
  ok: z.boolean(),
  duration_ms: z.int(),
  /** What is wrong. */
  message: z.string().nullable(),
});

/** The program, its machine and its database. */
export const readSystem = defineContract({
  method: 'GET',
  path: '/api/v1/admin/system',
  query: z.object({}),
  body: z.undefined(),
  status: 200,
  output: z.object({
    version: z.string(),
    started_at: instant,
    uptime_seconds: z.int(),
    now: instant,
    node: z.string(),
    platform: z.string(),
    instance_id: z.string(),
    memory_bytes: z.int(),
    time_zone: z.string(),
    database: z.object({
      dialect: z.enum(['sqlite', 'postgres']),
      size_bytes: z.int().nullable(),
      /** Oldest first. */
      migrations: z.array(z.object({ hash: z.string(), created_at: instant })),
    }),
    /** Of the file system with the data directory. */
    disk: z.object({ free_bytes: z.int(), total_bytes: z.int() }).nullable(),
    checks: z.array(systemCheck),
  }),
});

export type SystemView = z.infer<typeof readSystem.output>;
