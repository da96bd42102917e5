import { Failure, fail } from './terminal.mjs';

/**
 * Each task is a module with `run(args)`. It gives the exit code, or nothing when a server goes on in this process.
 * @type {Record<string, () => Promise<{ run: (args: string[]) => Promise<number | undefined> }>>}
 */
const tasks = {
  start: () => import('../tasks/start.mjs'),
  demo: () => import('../tasks/demo.mjs'),
  dev: () => import('../tasks/dev.mjs'),
  test: () => import('../tasks/test.mjs'),
  check: () => import('../tasks/check.mjs'),
  bench: () => import('../tasks/bench.mjs'),
  build: () => import('../tasks/build.mjs'),
  'db:generate': () => import('../tasks/db-generate.mjs'),
};

/**
 * Runs one task to its end and leaves with its exit code, or stays as the server that the task started.
 * What cannot be done ends in a message that says what to do.
 * @param {string | undefined} name
 * @param {string[]} args
 */
export async function dispatch(name = '', args = []) {
  const load = Object.hasOwn(tasks, name) ? tasks[name] : undefined;
  if (load === undefined) process.exit(fail(`Which task? One of: ${Object.keys(tasks).join(', ')}.`));
  try {
    const task = await load();
    const exitCode = await task.run(args);
    if (exitCode !== undefined) process.exit(exitCode);
  } catch (error) {
    if (error instanceof Failure) process.exit(fail(error.message));
    console.error(error);
    process.exit(1);
  }
}
