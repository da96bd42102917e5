import { spawnSync } from 'node:child_process';
import { build } from '../lib/build.mjs';
import { install } from '../lib/install.mjs';
import { inRoot, root } from '../lib/project.mjs';
import { exitOnSignals } from '../lib/signals.mjs';

/**
 * `npm run bench [videos]`: what many videos at once cost; `npm run bench downloads [clients]`: what many downloads of
 * one large video cost. Linux only, because it reads `/proc`.
 * @param {string[]} args
 */
export async function run(args) {
  exitOnSignals();
  await install();
  await build();
  const [script, rest] = args[0] === 'downloads' ? ['downloads.ts', args.slice(1)] : ['videos.ts', args];
  const { status } = spawnSync(
    process.execPath,
    ['--import', 'tsx', inRoot('tests', 'bench', script), ...rest],
    {
      cwd: root,
      stdio: 'inherit',
    },
  );
  return status ?? 1;
}
