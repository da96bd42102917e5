import { isConfigError } from '@/config/config-error';
import { DatabaseError } from '@/db/client';
import { countApiKeys } from '@/db/repositories/api-keys';
import { setMetaIfAbsent } from '@/db/repositories/meta';
import { ensureApiKey, issueApiKey } from './api-keys/issue';
import { ensureAdministrator, makeSetupCode, needsSetup, storeSetupCode } from './auth/setup';
import { startLoops } from './background/loops';
import { startPoller } from './generation/poller';
import { startWorker } from './generation/worker';
import { installHttpLifecycle } from './lifecycle';
import { banner } from './observability/log';
import { getRuntime, type Runtime } from './runtime';
import { SecretKeyError } from './secrets';

/**
 * Starts the program with the server: opens everything, sees to the first key and the first administrator, and starts
 * worker, poller and loops. A problem that the operator has to mend ends the process with its message.
 */
export async function boot({ handleSignals }: { handleSignals: boolean }): Promise<void> {
  const runtime = await getRuntime().catch((error: unknown) => {
    if (!isForOperator(error)) throw error;
    banner(`\n${error.message}\n`);
    process.exit(1);
  });
  installHttpLifecycle(runtime.life, { handleSignals });
  await prepareFirstUse(runtime);
  startServices(runtime);
}

/** Starts what works in the background. Ends with `runtime.life`. */
export function startServices(runtime: Runtime): void {
  const worker = startWorker(runtime);
  const poller = startPoller(runtime);
  runtime.life.onShutdown('poller', () => poller.stop());
  runtime.life.onShutdown('worker', () => worker.stop());
  startLoops(runtime);
}

const firstStartKey = 'first_started_at';

/**
 * The first API key and the setup code, made and shown at the very first start and never again. With several processes
 * starting at once, one of them does it.
 */
export async function prepareFirstUse(
  runtime: Pick<Runtime, 'db' | 'env' | 'now' | 'log' | 'secrets'>,
  show: (text: string) => void = banner,
): Promise<{ apiKey?: string; setupCode?: string }> {
  const { db, env, now } = runtime;
  if (env.apiKey !== undefined) await ensureApiKey(runtime, env.apiKey);
  const ensured = await ensureAdministrator(runtime);
  if (ensured.outcome === 'refused') show(`ADMIN_PASSWORD is not used: ${ensured.reason}.`);
  const isFirst = await setMetaIfAbsent(db, firstStartKey, now().toISOString());
  const isSetUp = !(await needsSetup(runtime));
  if (!isFirst) {
    if (!isSetUp) {
      show(
        'No administrator exists yet. Use the setup code shown at the first start, or set ADMIN_USERNAME and ADMIN_PASSWORD and start again.',
      );
    }
    return {};
  }
  const apiKey =
    env.apiKey === undefined && (await countApiKeys(db)) === 0
      ? (await issueApiKey(runtime, { name: 'first key' })).value
      : undefined;
  const setupCode = isSetUp ? undefined : makeSetupCode();
  if (setupCode !== undefined) await storeSetupCode(runtime, setupCode);
  const lines = [
    ...(apiKey === undefined ? [] : [`API key (shown once):     ${apiKey}`]),
    ...(setupCode === undefined
      ? []
      : [`Setup code (shown once):  ${setupCode}`, '  for the first administrator, in the console']),
  ];
  if (lines.length > 0) show(['', ...lines, ''].join('\n'));
  return { ...(apiKey === undefined ? {} : { apiKey }), ...(setupCode === undefined ? {} : { setupCode }) };
}

const isForOperator = (error: unknown): error is Error =>
  isConfigError(error) || error instanceof DatabaseError || error instanceof SecretKeyError;
