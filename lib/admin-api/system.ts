import { z } from 'zod';
import { defineContract } from './contract';

const instant = z.iso.datetime();

/** How a background loop is doing. */
export const loopStatus = z.object({
  name: z.string(),
  /** What it does. */
  description: z.string(),
  /** `cluster`: one process of the installation runs it at a time, and all of them tell the same about it. */
  scope: z.enum(['process', 'cluster']),
  /** The pause between two runs. */
  every_ms: z.int(),
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
  /** `upstream` and `clock` are looked at once a minute at most. */
  name: z.enum(['database', 'media', 'disk', 'upstream', 'clock']),
  ok: z.boolean(),
  checked_at: instant,
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
    /** Null where whoever built it did not say. */
    commit: z.string().nullable(),
    built_at: z.string().nullable(),
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
      /** Its file, or host, port and name. */
      path: z.string(),
      /** Pending ones first, else the oldest first. */
      migrations: z.array(
        z.object({
          id: z.int(),
          name: z.string(),
          pending: z.boolean(),
          /** Null where it was not written down. */
          applied_at: instant.nullable(),
          duration_ms: z.int().nullable(),
        }),
      ),
    }),
    /** How far the clock of the upstream is ahead of this one; null where it told no time. */
    clock_offset_ms: z.int().nullable(),
    /** Of the file system with the data directory. */
    disk: z.object({ free_bytes: z.int(), total_bytes: z.int() }).nullable(),
    checks: z.array(systemCheck),
  }),
});

export type SystemView = z.infer<typeof readSystem.output>;

/** All of this as text to be sent to somebody, without secrets, addresses of people and prompts. */
export const readDiagnostics = defineContract({
  method: 'GET',
  path: '/api/v1/admin/system/diagnostics',
  query: z.object({}),
  body: z.undefined(),
  status: 200,
  output: z.object({ text: z.string() }),
});
