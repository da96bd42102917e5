import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject } from 'vitest';
import { readEnv } from '@/config/env';
import type { Settings } from '@/config/settings-schema';
import type { AccountRow } from '@/db/repositories/accounts';
import { findJobRow } from '@/db/repositories/jobs';
import { addAccount } from '@/lib/accounts/add';
import { issueApiKey } from '@/lib/api-keys/issue';
import { startServices } from '@/lib/boot';
import { follow } from '@/lib/generation/follow';
import { type Job, toJob } from '@/lib/generation/job';
import { submitOnce } from '@/lib/generation/submit-once';
import type { GenerationEvent, GenerationRequest } from '@/lib/generation/types';
import { makeLogger } from '@/lib/observability/log';
import { createRuntime, type Runtime } from '@/lib/runtime';
import {
  type Simulator,
  type SimulatorAccount,
  type SimulatorOptions,
  startSimulator,
} from '../simulator/server';
import { createPostgresDatabase } from './postgres';

/** A whole program in this process, on its own database and data directory, with the simulator as its upstream. */
export type TestProgram = {
  runtime: Runtime;
  simulator: Simulator;
  /** An API key that works. */
  apiKey: { id: string; value: string };
  /** Adds an account to the simulator and to the program. */
  addAccount(account?: Partial<SimulatorAccount>, local?: LocalOptions): Promise<AccountRow>;
  /** Submits and gives the id of the job. */
  submit(request: Partial<GenerationRequest> & { model: string }): Promise<string>;
  /** Every event of a job until its end. */
  events(jobId: string): Promise<GenerationEvent[]>;
  job(jobId: string): Promise<Job>;
  /** The one that route handlers of this process find. */
  makeGlobal(): void;
  stop(): Promise<void>;
};

type LocalOptions = { imageConcurrency?: number; videoConcurrency?: number };

export type TestProgramOptions = {
  dialect?: 'sqlite' | 'postgres';
  simulator?: Simulator | SimulatorOptions;
  settings?: Partial<Settings>;
  /** Environment beyond the settings, e.g. `PUBLIC_URL`. */
  env?: Record<string, string>;
  /** Make an API key; default yes. */
  apiKey?: boolean;
  /** Start worker, poller and loops; default yes. */
  services?: boolean;
  /** Another clock than that of this machine. */
  now?: () => Date;
  /** Reuse the place of an earlier program. */
  place?: { dataDir: string; databaseUrl: string };
};

/** Fast enough for tests: the poll interval is a twentieth of a second. */
const quick: Record<string, string> = { FLOW_POLL_INTERVAL: '0.05' };

export async function startTestProgram(options: TestProgramOptions = {}): Promise<TestProgram> {
  const simulator =
    options.simulator !== undefined && 'close' in options.simulator
      ? options.simulator
      : await startSimulator({
          render: false,
          imageLatencyMs: 5,
          videoDurationMs: 150,
          upscaleDurationMs: 100,
          ...options.simulator,
        });
  const dataDir = options.place?.dataDir ?? (await mkdtemp(join(tmpdir(), 'flow2api-test-')));
  const postgres =
    options.dialect === 'postgres' && options.place === undefined
      ? await createPostgresDatabase(inject('postgresUrl'))
      : undefined;
  const settings = Object.fromEntries(
    Object.entries(options.settings ?? {}).map(([key, value]) => [
      key.toUpperCase().replaceAll('.', '_'),
      String(value),
    ]),
  );
  const env = readEnv({
    DATA_DIR: dataDir,
    ...(postgres === undefined ? {} : { DATABASE_URL: postgres.url }),
    ...(options.place === undefined ? {} : { DATABASE_URL: options.place.databaseUrl }),
    FLOW_LABS_BASE_URL: simulator.labsBaseUrl,
    FLOW_API_BASE_URL: simulator.apiBaseUrl,
    ...quick,
    ...settings,
    ...options.env,
  });
  const level = process.env.TEST_LOG === undefined ? 'silent' : 'debug';
  const runtime = await createRuntime({
    env,
    file: { values: {}, notes: [] },
    ...(options.now === undefined ? {} : { now: options.now }),
    log: makeLogger({ level, format: 'json' }),
  });
  if (options.services !== false) startServices(runtime);
  const key =
    options.apiKey === false
      ? { id: '', value: '' }
      : await issueApiKey(runtime, { name: `key ${randomBytes(4).toString('hex')}` });
  let accounts = 0;

  return {
    runtime,
    simulator,
    apiKey: { id: key.id, value: key.value },
    async addAccount(account = {}, local = {}) {
      accounts += 1;
      const identity: SimulatorAccount = {
        sessionToken: `eyJ${randomBytes(90).toString('base64url')}`,
        email: `account-${accounts}-${randomBytes(3).toString('hex')}@example.com`,
        tier: 'PAYGATE_TIER_ONE',
        credits: 10_000,
        ...account,
      };
      simulator.addAccount(identity);
      return addAccount(
        runtime,
        {
          session_token: identity.sessionToken,
          image_enabled: true,
          video_enabled: true,
          image_concurrency: local.imageConcurrency ?? null,
          video_concurrency: local.videoConcurrency ?? null,
        },
        AbortSignal.timeout(10_000),
      );
    },
    async submit(request) {
      const { jobs } = await submitOnce(
        runtime,
        [{ prompt: 'a lighthouse at dusk', options: {}, references: [], ...request }],
        { apiKeyId: key.id, requestId: 'req_test' },
        undefined,
        AbortSignal.timeout(10_000),
      );
      return jobs[0]?.jobId ?? '';
    },
    async events(jobId) {
      const events: GenerationEvent[] = [];
      for await (const event of follow(runtime, jobId, AbortSignal.timeout(50_000))) events.push(event);
      return events;
    },
    async job(jobId) {
      const row = await findJobRow(runtime.db, jobId);
      if (row === undefined) throw new Error(`no job ${jobId}`);
      return toJob(row);
    },
    makeGlobal() {
      (globalThis as Record<symbol, unknown>)[Symbol.for('flow2api.runtime.v1')] = Promise.resolve(runtime);
    },
    async stop() {
      await runtime.life.drain('end of test');
      if (simulator !== options.simulator) await simulator.close();
      await postgres?.drop();
      if (options.place === undefined) await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** Waits until `check` gives something, looking again and again. Fails after `timeoutMs`. */
export async function until<T>(
  check: () => T | undefined | false | Promise<T | undefined | false>,
  timeoutMs = 20_000,
): Promise<T> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const value = await check();
    if (value !== undefined && value !== false) return value;
    if (Date.now() > end) throw new Error(`not so within ${timeoutMs} ms: ${check}`);
    await new Promise((done) => setTimeout(done, 10));
  }
}
