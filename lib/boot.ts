import { isConfigError } from '@/config/config-error';
import { DatabaseError } from '@/db/client';
import { countApiKeys, deleteApiKeyByName } from '@/db/repositories/api-keys';
import { claimLease, releaseLease } from '@/db/repositories/leases';
import { getMeta, setMetaIfAbsent } from '@/db/repositories/meta';
import { ensureApiKey, issueApiKey } from './api-keys/issue';
import { ensureAdministrator, needsSetup, storeSetupCode } from './auth/setup';
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
const firstKeyName = 'first key';
const leaseMs = 30_000;

/**
 * The first API key and the setup code, made and shown at the very first start and never again. With several processes
 * starting at once, one of them does it; one that died before it had shown them is made good by the next start.
 */
export async function prepareFirstUse(
  runtime: Pick<Runtime, 'db' | 'env' | 'instanceId' | 'now' | 'log' | 'secrets'>,
  show: (text: string) => void = banner,
): Promise<{ apiKey?: string; setupCode?: string }> {
  const { db, env, instanceId, now } = runtime;
  if (env.apiKey !== undefined) await ensureApiKey(runtime, env.apiKey);
  const ensured = await ensureAdministrator(runtime);
  if (ensured.outcome === 'refused') show(`The administrator's password is not used: ${ensured.reason}.`);
  if (ensured.outcome === 'created_weak') {
    runtime.log.warn(
      { username: ensured.username },
      'the password of the administrator was taken from the settings file and is short; the console asks for another one at the first sign-in',
    );
  }
  const isSetUp = !(await needsSetup(runtime));
  if ((await getMeta(db, firstStartKey)) !== undefined) {
    if (!isSetUp) show(noAdministrator);
    return {};
  }
  const lease = { name: 'first-start', owner: instanceId };
  if (!(await claimLease(db, { ...lease, untilAt: new Date(now().getTime() + leaseMs), now: now() })))
    return {};

  await deleteApiKeyByName(db, firstKeyName); // left by a start that died before it had shown it
  const apiKey =
    (await countApiKeys(db)) === 0 ? (await issueApiKey(runtime, { name: firstKeyName })).value : undefined;
  const setupCode = isSetUp ? undefined : await storeSetupCode(runtime);
  const lines = [
    ...(apiKey === undefined ? [] : [`API key (shown once):     ${apiKey}`]),
    ...(setupCode === undefined
      ? []
      : [`Setup code (shown once):  ${setupCode}`, '  for the first administrator, in the console']),
  ];
  if (lines.length > 0) show(['', ...lines, ''].join('\n'));
  await setMetaIfAbsent(db, firstStartKey, now().toISOString());
  await releaseLease(db, lease);
  return { ...(apiKey === undefined ? {} : { apiKey }), ...(setupCode === undefined ? {} : { setupCode }) };
}

const noAdministrator =
  'No administrator exists yet. Use the setup code shown at the first start, or set ADMIN_USERNAME and ADMIN_PASSWORD and start again.';

const isForOperator = (error: unknown): error is Error =>
  isConfigError(error) || error instanceof DatabaseError || error instanceof SecretKeyError;
