import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { built } from './build.mjs';
import { Failure } from './terminal.mjs';

const patienceMs = 120_000; // migrating a large database is the slowest part

/**
 * Turns this process into the server, so that a signal from outside reaches it directly, and waits until it answers.
 * @param {{ host: string, port: number }} at
 * @returns {Promise<string>} the address for people
 */
export async function serve({ host, port }) {
  const ours = {
    NODE_ENV: 'production',
    PORT: String(port),
    // Next binds to HOSTNAME, which shells and containers set to the machine's name.
    HOSTNAME: host,
    NEXT_TELEMETRY_DISABLED: '1',
  };
  const usual = {
    // The program drains by itself; Next would wait for idle connections.
    NEXT_MANUAL_SIG_HANDLE: 'true',
    // Above the idle time of usual load balancers, so that they close first.
    KEEP_ALIVE_TIMEOUT: '65000',
    // The sign-in takes its address from the request: our public one is not known here.
    AUTH_TRUST_HOST: 'true',
  };
  Object.assign(process.env, { ...usual, ...process.env, ...ours });
  await import(pathToFileURL(built('server.js')).href);
  const url = localUrl(host, port);
  await waitUntilHealthy(url);
  return url;
}

/**
 * Where a person on this machine finds a server that listens there.
 * @param {string} host
 * @param {number} port
 */
export function localUrl(host, port) {
  if (host === '0.0.0.0' || host === '::') return `http://localhost:${port}`;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/**
 * Waits until the server answers its health check.
 * @param {string} url
 */
export async function waitUntilHealthy(url) {
  const end = performance.now() + patienceMs;
  while (performance.now() < end) {
    const answer = await fetch(`${url}/health`, { signal: AbortSignal.timeout(5_000) }).catch(
      () => undefined,
    );
    await answer?.body?.cancel();
    if (answer?.ok) return;
    await sleep(100);
  }
  throw new Failure(
    `The server did not answer ${url}/health within ${patienceMs / 1_000} seconds; the log above says why.`,
  );
}
