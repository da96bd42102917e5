import { randomUUID } from 'node:crypto';
import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Env } from '@/config/env';
import { loadConfig } from '@/config/load';
import type { TomlFile } from '@/config/toml';
import { type Database, openDatabase } from '@/db/client';
import { migrateDatabase, migrationsFolder } from '@/db/migrate';
import type { AccountRow } from '@/db/repositories/accounts';
import { releaseAllJobLeases } from '@/db/repositories/jobs';
import { releaseAllLeases, releaseLeasesOf } from '@/db/repositories/leases';
import { type ApiKeyVerifier, makeApiKeyVerifier } from './api-keys/verify';
import { createSignInThrottle, type SignInThrottle } from './auth/throttle';
import { makeTokenThrottle, type TokenThrottle } from './auth/token-throttle';
import type { Loop } from './background/loop';
import { makeFlowUpstream } from './flow/adapter';
import { makePictureBudget } from './generation/picture-budget';
import { makeQueueView, type QueueView } from './generation/queue-view';
import { type JobSignals, makeJobSignals } from './generation/signals';
import type { MediaItem } from './generation/types';
import type { Upstream } from './generation/upstream';
import { type HttpClient, makeHttpClient } from './http/fetch';
import { type Life, makeLife } from './lifecycle';
import { openMediaStore } from './media/open-store';
import { makePosters, type Posters } from './media/posters';
import type { MediaStore } from './media/store';
import type { MemoryBudget } from './memory-budget';
import { type DebugFile, makeDebugFile } from './observability/debug-file';
import { type Logger, makeLogger } from './observability/log';
import { type Metrics, makeMetrics } from './observability/metrics';
import { makeRequestLogWriter, type RequestLogWriter } from './observability/request-log';
import { makeUpstreamCallLog, type UpstreamCallLog } from './observability/upstream-calls';
import { type ByteBudget, makeByteBudget } from './route/byte-budget';
import { adoptSecretKey } from './secret-rotation';
import { loadSecretKey, makeSecrets, type Secrets } from './secrets';
import { loadSettings, type SettingsStore } from './settings';
import { makeUpstreamProbe, type UpstreamProbe } from './upstream-probe';

/** The long-lived things of one process. Functions take `Pick<Runtime, …>`: what they name is what they can touch. */
export type Runtime = {
  env: Env;
  /** Names this process in leases; new at every start. */
  instanceId: string;
  db: Database;
  log: Logger;
  now: () => Date;
  secrets: Secrets;
  settings: SettingsStore;
  upstream: Upstream;
  http: HttpClient;
  media: MediaStore;
  /** Small pictures of finished files. */
  posters: Posters;
  apiKeys: ApiKeyVerifier;
  requestLog: RequestLogWriter;
  upstreamCalls: UpstreamCallLog;
  debugFile: DebugFile;
  signals: JobSignals;
  queueView: QueueView;
  /** Memory that the bodies of all requests share. */
  bodyBudget: ByteBudget;
  /** Memory that the pictures share which requests name by their address. */
  pictureBudget: MemoryBudget;
  life: Life;
  /** Exchanges of session tokens under way, by account: whoever needs one meanwhile waits for the same. */
  refreshing: Map<string, Promise<AccountRow>>;
  /** Uploads of pictures under way: whoever needs the same one meanwhile waits for it. */
  uploading: Map<string, Promise<string>>;
  /** Requests with an `Idempotency-Key` that are being stored: whoever sends the same one meanwhile waits for its end. */
  submitting: Map<string, Promise<void>>;
  /** Copies of pictures that are being made, by their id. */
  copying: Map<string, Promise<MediaItem>>;
  /** First projects of accounts that are being made, by account. */
  makingProjects: Map<string, Promise<string>>;
  signInThrottle: SignInThrottle;
  /** Of wrong bearer tokens of scripts, and of wrong connection tokens of the browser extension. */
  tokenThrottles: { bearer: TokenThrottle; connection: TokenThrottle };
  metrics: Metrics;
  upstreamProbe: UpstreamProbe;
  /** Those that run in this process; none until they are started. */
  loops: Loop[];
};

/**
 * Makes every long-lived thing of one process: data directory, database (migrated), settings, clients. Throws
 * `ConfigError`, `DatabaseError` or `SecretKeyError` with a message for the operator; nothing is left open then.
 */
export async function createRuntime({
  env,
  file,
  now = () => new Date(),
  log = makeLogger({ level: env.logLevel, format: env.logFormat }),
}: {
  env: Env;
  file: Pick<TomlFile, 'values' | 'notes'>;
  now?: () => Date;
  log?: Logger;
}): Promise<Runtime> {
  await mkdir(/* turbopackIgnore: true */ env.dataDir, { recursive: true, mode: 0o700 });
  await chmod(/* turbopackIgnore: true */ env.dataDir, 0o700).catch((error: unknown) => {
    log.warn({ err: error }, 'the permissions of the data directory cannot be changed');
  });
  for (const note of file.notes) log.warn(note);
  const instanceId = randomUUID();
  const secrets = makeSecrets({
    current: await loadSecretKey({ env, log }),
    ...(env.secretKeyPrevious === undefined ? {} : { previous: env.secretKeyPrevious }),
  });
  const db = await openDatabase(env.databaseUrl, {
    onIdleError: (error) => log.warn({ err: error }, 'a database connection was lost'),
  });
  try {
    log.info({ dialect: db.dialect }, 'bringing the database up to date');
    await migrateDatabase(db, migrationsFolder);
    await adoptSecretKey({ db, secrets, now, log });
    if (db.dialect === 'sqlite') {
      // This file has one process, so whoever held something is gone.
      await releaseAllJobLeases(db);
      await releaseAllLeases(db);
    }
    const settings = await loadSettings({ env, toml: file.values, db, secrets, now, log });
    db.setSynchronous(settings.current()['database.synchronous']);
    settings.onChange((current) => db.setSynchronous(current['database.synchronous']));
    const media = await openMediaStore(env, log);
    const http = makeHttpClient({ transport: () => settings.current()['flow.transport'], log });
    const debugFile = makeDebugFile({ path: join(env.dataDir, 'debug.log'), settings, now, log });
    const metrics = makeMetrics();
    const upstreamCalls = makeUpstreamCallLog({ db, log, settings, debugFile });
    const upstream = makeFlowUpstream({
      http,
      now,
      log,
      record: (call) => {
        metrics.noteUpstreamCall(call);
        upstreamCalls.record(call);
      },
      options: () => {
        const current = settings.current();
        return {
          labsBaseUrl: current['flow.labs_base_url'],
          apiBaseUrl: current['flow.api_base_url'],
          timeoutMs: current['flow.timeout'] * 1_000,
          userAgent: current['flow.user_agent'],
        };
      },
    });
    const posters = makePosters({ db, media, log, ffmpegPath: env.ffmpegPath });
    const requestLog = makeRequestLogWriter({ db, log, settings });
    const apiKeys = makeApiKeyVerifier({ db, now, log });
    const signals = makeJobSignals({
      db,
      onError: (error) => log.warn({ err: error }, 'the watched jobs could not be looked at'),
    });
    const life = makeLife({ log, graceMs: () => settings.current()['general.shutdown_grace'] * 1_000 });
    // Closed in the reverse order: what stands first here goes last.
    life.onShutdown('database', async () => {
      await releaseLeasesOf(db, instanceId);
      await db.close();
    });
    life.onShutdown('request log', () => requestLog.close());
    life.onShutdown('upstream calls', () => upstreamCalls.close());
    life.onShutdown('debug file', () => debugFile.flush());
    life.onShutdown('media store', () => media.close());
    life.onShutdown('posters', () => posters.close());
    life.onShutdown('upstream', async () => {
      await upstream.close();
      await http.close();
    });
    life.onShutdown('API keys', () => apiKeys.close());
    life.onShutdown('signals', async () => signals.close());
    return {
      env,
      instanceId,
      db,
      log,
      now,
      secrets,
      settings,
      upstream,
      http,
      media,
      posters,
      apiKeys,
      requestLog,
      upstreamCalls,
      debugFile,
      signals,
      queueView: makeQueueView({ db, now }),
      bodyBudget: makeByteBudget(),
      pictureBudget: makePictureBudget(),
      life,
      refreshing: new Map(),
      uploading: new Map(),
      submitting: new Map(),
      copying: new Map(),
      makingProjects: new Map(),
      signInThrottle: createSignInThrottle({ db, now, log, secrets }),
      tokenThrottles: { bearer: makeTokenThrottle(), connection: makeTokenThrottle() },
      metrics,
      upstreamProbe: makeUpstreamProbe({ http, settings, now }),
      loops: [],
    };
  } catch (error) {
    await db.close();
    throw error;
  }
}

const key = Symbol.for('flow2api.runtime.v1');

/** The runtime of this process, made at the first call. Next loads modules more than once; this is one for all of them. */
export function getRuntime(): Promise<Runtime> {
  const holder = globalThis as { [key]?: Promise<Runtime> };
  holder[key] ??= (async () => {
    const { env, file } = loadConfig();
    return createRuntime({ env, file });
  })();
  return holder[key];
}
