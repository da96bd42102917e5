import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { build } from '../lib/build.mjs';
import { signIn } from '../lib/console-client.mjs';
import { pictureCommand, videoCommand } from '../lib/demo-commands.mjs';
import { install } from '../lib/install.mjs';
import { ensurePortFree, freePort, isPortFree, parsePort } from '../lib/port.mjs';
import { serve } from '../lib/serve.mjs';
import { endWithParent, exitOnSignals } from '../lib/signals.mjs';
import { pointAtSimulator, startSimulator } from '../lib/simulator.mjs';
import { say } from '../lib/terminal.mjs';

const command = 'npm run demo';

/**
 * `npm run demo`: the production server with a simulated upstream, so that pictures and videos come without any
 * account. All of it is thrown away at the end; nothing of `.env`, of the data directory or of the settings is used.
 */
export async function run() {
  const releaseSignals = exitOnSignals();
  endWithParent();
  const host = process.env.HOST || '127.0.0.1';
  const port = await choosePort(host);
  await install();
  await build();

  const dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'flow2api-demo-'));
  process.on('exit', () => fs.rmSync(dataDir, { recursive: true, force: true }));
  const settings = path.join(dataDir, 'setting.toml');
  fs.writeFileSync(settings, '');
  const credentials = { username: 'admin', password: randomBytes(9).toString('base64url') };
  const apiKey = `sk-demo-${randomBytes(12).toString('hex')}`;
  const simulator = await startSimulator();
  pointAtSimulator(simulator);
  Object.assign(process.env, {
    DATA_DIR: dataDir,
    CONFIG_FILE: settings,
    API_KEY: apiKey,
    ADMIN_USERNAME: credentials.username,
    ADMIN_PASSWORD: credentials.password,
  });
  for (const name of ['DATABASE_URL', 'MEDIA_STORE', 'PUBLIC_URL', 'SECRET_KEY', 'SECRET_KEY_PREVIOUS']) {
    delete process.env[name];
  }

  say('starting the server with the simulator beside it');
  const url = await serve({ host, port });
  releaseSignals();
  const client = await signIn(url, credentials);
  for (const account of simulator.accounts) await client.addAccount(account);

  console.log(
    [
      '',
      `  Console  ${url}/admin   (${credentials.username} / ${credentials.password})`,
      `  API      ${url}/v1      (API key ${apiKey})`,
      `  ${simulator.accounts.length} simulated accounts; nothing leaves this machine, nothing is kept.`,
      '',
      'A picture, saved as picture.png:',
      '',
      pictureCommand(url, apiKey),
      '',
      'A video, saved as video.mp4 (it takes some seconds):',
      '',
      videoCommand(url, apiKey),
      '',
    ].join('\n'),
  );
  say('ready, Ctrl-C ends it');
  return undefined;
}

/**
 * The port that was asked for, else 8000, else any.
 * @param {string} host
 */
async function choosePort(host) {
  if (process.env.PORT) {
    const port = parsePort(process.env.PORT);
    await ensurePortFree(port, host, command);
    return port;
  }
  return (await isPortFree(8_000, host)) ? 8_000 : freePort();
}
