/** Something that the user can mend. The message is all they see, so it says what to do. */
export class Failure extends Error {}

const mark = 'flow2api';
const startedAt = performance.now();

/**
 * One line about what is going on. On stderr: the output of a command stays its own.
 * @param {string} line
 */
export function say(line) {
  process.stderr.write(`[${mark}] ${line}\n`);
}

/**
 * Says why the command ends.
 * @param {string} message
 * @returns {number} the exit code
 */
export function fail(message) {
  for (const line of message.split('\n')) say(line);
  return 1;
}

/** @param {number} milliseconds */
export function seconds(milliseconds) {
  return `${(milliseconds / 1_000).toFixed(milliseconds < 10_000 ? 1 : 0)} s`;
}

/** How long this command has been running. */
export const elapsed = () => seconds(performance.now() - startedAt);

/**
 * Says every few seconds that a silent piece of work goes on.
 * @template T
 * @param {string} what
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withHeartbeat(what, work) {
  const from = performance.now();
  const timer = setInterval(
    () => say(`${what}: still going after ${seconds(performance.now() - from)}`),
    15_000,
  );
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}
