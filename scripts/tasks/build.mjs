import { build } from '../lib/build.mjs';
import { install } from '../lib/install.mjs';
import { exitOnSignals } from '../lib/signals.mjs';

/** `npm run build`: what `npm start` would build, without starting it. */
export async function run() {
  exitOnSignals();
  await install();
  await build();
  return 0;
}
