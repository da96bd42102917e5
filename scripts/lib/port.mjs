import net from 'node:net';
import { Failure } from './terminal.mjs';

/**
 * The port number in the text. Throws a Failure for anything else.
 * @param {string} text
 */
export function parsePort(text) {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port >= 1 && port <= 65_535) return port;
  throw new Failure(`PORT must be a number from 1 to 65535, and is "${text}".`);
}

/**
 * Throws a Failure that says what to do when the port cannot be had.
 * @param {number} port
 * @param {string} host
 * @param {string} command what the user typed, for the advice
 */
export async function ensurePortFree(port, host, command) {
  const problem = await portProblem(port, host);
  if (problem === undefined) return;
  const another = `Choose another one: PORT=${port < 1_024 ? 8_000 : port + 1} ${command}`;
  if (problem === 'EADDRINUSE') {
    throw new Failure(
      `Port ${port} is taken, by another program or by a Flow2API that runs already.\n${another}`,
    );
  }
  if (problem === 'EACCES') {
    throw new Failure(
      `Port ${port} is not allowed for this user; those below 1024 need more rights.\n${another}`,
    );
  }
  throw new Failure(
    `HOST=${host}, port ${port}: no server can listen there (${problem}). HOST=0.0.0.0 means every address of this machine.`,
  );
}

/**
 * @param {number} port
 * @param {string} host
 */
export async function isPortFree(port, host) {
  return (await portProblem(port, host)) === undefined;
}

/** A port that nothing uses at this moment. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(address !== null && typeof address === 'object' ? address.port : 0));
    });
  });
}

/**
 * The error code of listening there, or undefined when it works.
 * @param {number} port
 * @param {string} host
 * @returns {Promise<string | undefined>}
 */
function portProblem(port, host) {
  return new Promise((resolve) => {
    const server = net.createServer();
    server.once('error', (error) => resolve('code' in error ? String(error.code) : error.message));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}
