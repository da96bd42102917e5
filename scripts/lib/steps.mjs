import { say, seconds } from './terminal.mjs';

/** @typedef {{ passed: number, failed: number, skipped?: number }} Tally what was skipped is among the failed */
/** @typedef {{ code: number, output: string, tally?: Tally }} StepResult */
/** @typedef {{ name: string, run: () => Promise<StepResult> }} Step */

/**
 * Runs the steps, at most `atOnce` at a time, and shows the output of those that fail.
 * A step without a tally of its own counts as one.
 * @param {Step[]} steps in the order in which they start
 * @param {number} atOnce
 * @returns {Promise<Tally>}
 */
export async function runSteps(steps, atOnce) {
  const waiting = [...steps];
  /** @type {Tally} */
  let total = { passed: 0, failed: 0 };
  const lane = async () => {
    for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) {
      const counted = await runStep(step);
      total = add(total, counted);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  return total;
}

/**
 * @param {Step} step
 * @returns {Promise<Tally>}
 */
async function runStep(step) {
  const from = performance.now();
  const { code, output, tally } = await step.run();
  const took = seconds(performance.now() - from);
  const counted = tally ?? (code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 });
  const skipped = counted.skipped ? `, ${counted.skipped} of them because skipped` : '';
  const numbers = tally ? `, ${counted.passed} passed, ${counted.failed} failed${skipped}` : '';
  if (counted.failed === 0) {
    say(`ok      ${step.name} (${took}${numbers})`);
  } else {
    say(`FAILED  ${step.name} (${took}${numbers})`);
    if (output.trim() !== '') process.stderr.write(`${output.trimEnd()}\n\n`);
  }
  return counted;
}

/**
 * @param {Tally} one
 * @param {Tally} other
 */
const add = (one, other) => ({ passed: one.passed + other.passed, failed: one.failed + other.failed });
