import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { adopt } from './processes.mjs';
import { inRoot, root } from './project.mjs';
import { Failure, say } from './terminal.mjs';

/**
 * @typedef {{
 *   url: string, labsBaseUrl: string, apiBaseUrl: string,
 *   accounts: import('./console-client.mjs').AccountToAdd[],
 * }} Simulator
 */

/**
 * Starts the simulated upstream as a process of its own, which ends with this one. It says where it is in one line
 * of JSON.
 * @returns {Promise<Simulator>}
 */
export function startSimulator() {
  const args = [
    '--import',
    'tsx',
    inRoot('tests', 'simulator', 'main.ts'),
    '--demo',
    '--until-stdin-closes',
    '--port',
    '0',
  ];
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['pipe', 'pipe', 'inherit'] });
  adopt(child);
  return new Promise((resolve, reject) => {
    child.once('error', (error) => reject(new Failure(`The simulator cannot be run: ${error.message}`)));
    child.once('exit', (code, signal) => {
      const message = `The simulator ended (${signal ?? `exit code ${code}`}).`;
      reject(new Failure(message));
      say(message);
    });
    createInterface({ input: child.stdout }).once('line', (line) => {
      child.stdout.resume();
      try {
        resolve(JSON.parse(line));
      } catch {
        reject(new Failure(`The simulator said something unexpected: ${line}`));
      }
    });
  });
}

/**
 * Sends the program to the simulator instead of Google.
 * @param {Simulator} simulator
 */
export function pointAtSimulator(simulator) {
  process.env.FLOW_LABS_BASE_URL = simulator.labsBaseUrl;
  process.env.FLOW_API_BASE_URL = simulator.apiBaseUrl;
}
