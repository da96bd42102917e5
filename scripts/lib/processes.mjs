import { spawn } from 'node:child_process';
import fs from 'node:fs';
import { inRoot, root } from './project.mjs';
import { Failure } from './terminal.mjs';

/** @typedef {{ env?: Record<string, string | undefined>, cwd?: string, quiet?: boolean, tee?: boolean }} RunOptions */
/** @typedef {{ code: number, output: string }} RunResult */

/** @type {Set<import('node:child_process').ChildProcess>} */
const children = new Set();

/**
 * Keeps hold of a child: it is ended when this process ends.
 * @param {import('node:child_process').ChildProcess} child
 */
export function adopt(child) {
  children.add(child);
  child.once('close', () => children.delete(child));
  return child;
}

process.on('exit', () => {
  for (const child of children) child.kill('SIGTERM');
});

/**
 * Runs a program to its end. `quiet` keeps its output back; `tee` shows its errors and gives them as well.
 * @param {string} command
 * @param {string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<RunResult>}
 */
export function runProgram(command, args, options = {}) {
  const shown = /** @type {const} */ ('inherit');
  const kept = /** @type {const} */ ('pipe');
  const child = spawn(command, args, {
    cwd: options.cwd ?? root,
    env: { ...process.env, NEXT_TELEMETRY_DISABLED: '1', ...options.env },
    stdio: ['ignore', options.quiet ? kept : shown, options.quiet || options.tee ? kept : shown],
    // npm is a script for the command interpreter there.
    shell: process.platform === 'win32' && command.endsWith('.cmd'),
  });
  adopt(child);
  /** @type {Buffer[]} */
  const chunks = [];
  child.stdout?.on('data', (chunk) => chunks.push(chunk));
  child.stderr?.on('data', (chunk) => {
    chunks.push(chunk);
    if (options.tee) process.stderr.write(chunk);
  });
  return new Promise((resolve, reject) => {
    child.once('error', (error) => reject(new Failure(`${command} cannot be run: ${error.message}`)));
    child.once('close', (code) => resolve({ code: code ?? 1, output: Buffer.concat(chunks).toString() }));
  });
}

/**
 * The script behind a package's command, so that no shell and no PATH is needed to run it.
 * @param {string} packageName
 * @param {string} [command] when the package has several
 */
export function binaryOf(packageName, command) {
  const { bin } = JSON.parse(fs.readFileSync(inRoot('node_modules', packageName, 'package.json'), 'utf8'));
  const file = typeof bin === 'string' ? bin : bin[command ?? Object.keys(bin)[0] ?? ''];
  return inRoot('node_modules', packageName, file);
}

/**
 * Runs the command of an installed package with this Node.
 * @param {string} packageName
 * @param {string[]} args
 * @param {RunOptions & { command?: string }} [options]
 */
export function runPackage(packageName, args, options = {}) {
  return runProgram(process.execPath, [binaryOf(packageName, options.command), ...args], options);
}

/**
 * Runs npm: the one that started us, whatever the PATH says, else the one on the PATH.
 * @param {string[]} args
 * @param {RunOptions} [options]
 */
export function runNpm(args, options) {
  const parent = process.env.npm_execpath;
  if (parent?.endsWith('npm-cli.js')) return runProgram(process.execPath, [parent, ...args], options);
  return runProgram(process.platform === 'win32' ? 'npm.cmd' : 'npm', args, options);
}
