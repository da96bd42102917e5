import { install } from '../lib/install.mjs';
import { exitOnSignals } from '../lib/signals.mjs';
import { staticChecks } from '../lib/static-checks.mjs';
import { runSteps } from '../lib/steps.mjs';
import { elapsed, say } from '../lib/terminal.mjs';

/** `npm run check`: what can be known in seconds, without a build, a database or a browser. */
export async function run() {
  exitOnSignals();
  await install();
  const { passed, failed } = await runSteps(staticChecks(), 2);
  say(`checked in ${elapsed()}`);
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}
