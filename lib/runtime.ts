import type { Env } from '@/config/env';
import type { Database } from '@/db/client';
import type { AccountRow } from '@/db/repositories/accounts';
import type { ApiKeyVerifier } from './api-keys/verify';
import type { QueueView } from './generation/queue-view';
import type { JobSignals } from './generation/signals';
import type { Upstream } from './generation/upstream';
import type { HttpClient } from './http/fetch';
import type { Life } from './lifecycle';
import type { MediaStore } from './media/store';
import type { Logger } from './observability/log';
import type { RequestLogWriter } from './observability/request-log';
import type { Secrets } from './secrets';
import type { SettingsStore } from './settings';

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
  apiKeys: ApiKeyVerifier;
  requestLog: RequestLogWriter;
  signals: JobSignals;
  queueView: QueueView;
  life: Life;
  /** Exchanges of session tokens under way, by account: whoever needs one meanwhile waits for the same. */
  refreshing: Map<string, Promise<AccountRow>>;
};
