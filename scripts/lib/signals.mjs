/** @type {[NodeJS.Signals, number][]} */
const endings = [
  ['SIGHUP', 1],
  ['SIGINT', 2],
  ['SIGTERM', 15],
];

/**
 * While we prepare, a signal ends this process by `process.exit`, so that locks, child processes and temporary
 * folders go with it. The result takes these handlers away again: a server that runs here drains by its own.
 */
export function exitOnSignals() {
  const handlers = endings.map(([signal, number]) => {
    const handler = () => process.exit(128 + number);
    process.on(signal, handler);
    return () => process.off(signal, handler);
  });
  return () => {
    for (const remove of handlers) remove();
  };
}

/**
 * Ends this process when the npm above it is gone. `npm start` keeps a shell between npm and us which passes no
 * signal on, so a SIGTERM to npm would leave the server behind.
 */
export function endWithParent() {
  if (process.platform === 'win32' || process.env.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer); // a second signal would cut short what the first one asked to end in order
    process.kill(process.pid, 'SIGTERM');
  }, 500);
  timer.unref();
}
