/** @typedef {import('./steps.mjs').Tally} Tally */

/**
 * @typedef {{
 *   numPassedTests: number, numFailedTests: number, numPendingTests: number, numTodoTests: number,
 *   testResults: { status: string, assertionResults: unknown[] }[],
 * }} VitestReport
 */
/** @typedef {{ stats: { expected: number, unexpected: number, flaky: number, skipped: number } }} PlaywrightReport */

/**
 * Counts a Vitest run. A skipped test, a file that does not load, a run without tests and a run that ends badly
 * for another reason count as failed: what was not proved must not look proved.
 * @param {VitestReport | undefined} report undefined when the run ended before it wrote one
 * @param {number} exitCode
 * @returns {Tally}
 */
export function tallyVitest(report, exitCode) {
  if (report === undefined) return { passed: 0, failed: 1 };
  const unloaded = report.testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.length === 0,
  );
  const skipped = report.numPendingTests + report.numTodoTests;
  return settle(report.numPassedTests, report.numFailedTests + unloaded.length, skipped, exitCode);
}

/**
 * Counts a Playwright run by the same rules; a test that passed only when repeated has failed.
 * @param {PlaywrightReport | undefined} report
 * @param {number} exitCode
 * @returns {Tally}
 */
export function tallyPlaywright(report, exitCode) {
  if (report === undefined) return { passed: 0, failed: 1 };
  const { expected, unexpected, flaky, skipped } = report.stats;
  return settle(expected, unexpected + flaky, skipped, exitCode);
}

/**
 * @param {number} passed
 * @param {number} failed
 * @param {number} skipped
 * @param {number} exitCode
 * @returns {Tally}
 */
function settle(passed, failed, skipped, exitCode) {
  const counted = failed + skipped;
  const hasUncounted = counted === 0 && (exitCode !== 0 || passed === 0);
  return { passed, failed: hasUncounted ? 1 : counted, ...(skipped > 0 ? { skipped } : {}) };
}
