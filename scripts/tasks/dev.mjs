import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { signIn } from '../lib/console-client.mjs';
import { ensureDataDirectory } from '../lib/data-directory.mjs';
import { loadEnvironment, whereToListen } from '../lib/environment.mjs';
import { install } from '../lib/install.mjs';
import { ensurePortFree } from '../lib/port.mjs';
import { runPackage } from '../lib/processes.mjs';
import { inRoot, readIfThere } from '../lib/project.mjs';
import { localUrl, waitUntilHealthy } from '../lib/serve.mjs';
import { endWithParent, exitOnSignals } from '../lib/signals.mjs';
import { pointAtSimulator, startSimulator } from '../lib/simulator.mjs';
import { Failure, fail, say } from '../lib/terminal.mjs';

const command = 'npm run dev';

/**
 * `npm run dev`: the development server. Its data stay in data/dev from run to run. The upstream is the simulator,
 * unless FLOW_LABS_BASE_URL names another.
 * @param {string[]} args for `next dev`
 */
export async function run(args) {
  exitOnSignals();
  endWithParent();
  process.env.DATA_DIR ||= inRoot('data', 'dev');
  // Its error pages show source text: for this machine only, unless asked otherwise.
  process.env.HOST ||= '127.0.0.1';
  const { dataDir } = loadEnvironment();
  ensureDataDirectory(dataDir, command);
  await install();
  const { host, port } = await whereToListen();
  await ensurePortFree(port, host, command);

  const login = keptLogin(path.join(dataDir, 'dev-login.json'));
  process.env.API_KEY ||= login.apiKey;
  process.env.ADMIN_USERNAME ||= login.username;
  process.env.ADMIN_PASSWORD ||= login.password;
  const simulator = process.env.FLOW_LABS_BASE_URL ? undefined : await startSimulator();
  if (simulator) pointAtSimulator(simulator);

  const server = runPackage('next', ['dev', '--port', String(port), '--hostname', host, ...args], {
    env: { NODE_ENV: 'development', AUTH_TRUST_HOST: 'true', HOSTNAME: host },
  });
  const url = localUrl(host, port);
  const prepared = prepare(url, simulator).catch((error) => {
    if (!(error instanceof Failure)) throw error;
    fail(error.message);
  });
  const { code } = await Promise.race([server, prepared.then(() => server)]);
  return code;
}

/**
 * Adds the simulated accounts that the database does not have, and says where everything is.
 * @param {string} url
 * @param {import('../lib/simulator.mjs').Simulator | undefined} simulator
 */
async function prepare(url, simulator) {
  const { API_KEY: apiKey, ADMIN_USERNAME: username = '', ADMIN_PASSWORD: password = '' } = process.env;
  await waitUntilHealthy(url);
  if (simulator) {
    const client = await signIn(url, { username, password });
    for (const account of simulator.accounts) await client.addAccount(account);
  }
  say(`console ${url}/admin (${username} / ${password})`);
  say(`API     ${url}/v1 (API key ${apiKey})`);
}

/**
 * The login and the API key of this data directory, made on the first run.
 * @param {string} file
 * @returns {{ username: string, password: string, apiKey: string }}
 */
function keptLogin(file) {
  const kept = readIfThere(file);
  if (kept !== undefined) return JSON.parse(kept);
  const login = {
    username: 'admin',
    password: randomBytes(9).toString('base64url'),
    apiKey: `sk-dev-${randomBytes(12).toString('hex')}`,
  };
  fs.writeFileSync(file, `${JSON.stringify(login, null, 2)}\n`, { mode: 0o600 });
  return login;
}
