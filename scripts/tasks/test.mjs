import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { build } from '../lib/build.mjs';
import { withoutOwnVariables } from '../lib/environment.mjs';
import { install } from '../lib/install.mjs';
import { runPackage } from '../lib/processes.mjs';
import { readIfThere } from '../lib/project.mjs';
import { exitOnSignals } from '../lib/signals.mjs';
import { runVitest, staticChecks } from '../lib/static-checks.mjs';
import { runSteps } from '../lib/steps.mjs';
import { tallyPlaywright } from '../lib/tally.mjs';
import { elapsed, Failure, say } from '../lib/terminal.mjs';

/** `npm test`: everything. The last line says how many passed and failed; skipped counts as failed. */
export async function run() {
  exitOnSignals();
  await install();
  let isBuilt = false;
  const buildStep = async () => {
    isBuilt = await builds();
    return { code: isBuilt ? 0 : 1, output: '' };
  };
  /** @param {() => Promise<import('../lib/steps.mjs').StepResult>} step */
  const ifBuilt = (step) => () =>
    isBuilt ? step() : Promise.resolve({ code: 1, output: 'Not run: there is no build.' });

  const quick = await runSteps(staticChecks(), 2);
  const slow = await runSteps(
    [
      { name: 'integration tests', run: () => runVitest(['integration']) },
      { name: 'build', run: buildStep },
      { name: 'contract tests', run: ifBuilt(() => runVitest(['contract'])) },
      { name: 'browser tests', run: ifBuilt(playwright) },
    ],
    1,
  );
  const passed = quick.passed + slow.passed;
  const failed = quick.failed + slow.failed;
  say(`tested in ${elapsed()}`);
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

async function builds() {
  try {
    await build();
    return true;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    say(error.message);
    return false;
  }
}

async function playwright() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'flow2api-playwright-'));
  const reportFile = path.join(folder, 'report.json');
  const { code, output } = await runPackage('@playwright/test', ['test', '--reporter=list,json'], {
    env: { ...withoutOwnVariables(), NODE_ENV: undefined, PLAYWRIGHT_JSON_OUTPUT_FILE: reportFile },
  });
  const report = readIfThere(reportFile);
  fs.rmSync(folder, { recursive: true, force: true });
  return {
    code,
    output,
    tally: tallyPlaywright(report === undefined ? undefined : JSON.parse(report), code),
  };
}
