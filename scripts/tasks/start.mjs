import { build } from '../lib/build.mjs';
import { ensureDataDirectory } from '../lib/data-directory.mjs';
import { loadEnvironment, whereToListen } from '../lib/environment.mjs';
import { install } from '../lib/install.mjs';
import { ensurePortFree } from '../lib/port.mjs';
import { serve } from '../lib/serve.mjs';
import { endWithParent, exitOnSignals } from '../lib/signals.mjs';
import { elapsed, say } from '../lib/terminal.mjs';

const command = 'npm start';

/** `npm start`: the production server. What can be refused is refused before the long work. */
export async function run() {
  const releaseSignals = exitOnSignals();
  endWithParent();
  const { dataDir } = loadEnvironment();
  ensureDataDirectory(dataDir, command);
  await install();
  const { host, port } = await whereToListen();
  await ensurePortFree(port, host, command);
  await build();
  say('starting the server');
  const url = await serve({ host, port });
  releaseSignals();
  const shown = process.env.PUBLIC_URL?.replace(/\/+$/, '') || url;
  console.log(
    ['', `  Console  ${shown}/admin`, `  API      ${shown}/v1`, `  Data     ${dataDir}`, ''].join('\n'),
  );
  say(`ready (${elapsed()}), Ctrl-C ends it`);
  return undefined;
}
