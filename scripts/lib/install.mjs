import fs from 'node:fs';
import path from 'node:path';
import { hashText } from './hash.mjs';
import { withLock } from './lock.mjs';
import { runNpm, runProgram } from './processes.mjs';
import { inRoot, readIfThere } from './project.mjs';
import { elapsed, Failure, say, withHeartbeat } from './terminal.mjs';

const stampFile = inRoot('node_modules', '.flow2api-install');

/**
 * Brings node_modules to what package-lock.json says. Does nothing when it is there already, by us or by the
 * user's own `npm install`.
 */
export async function install() {
  const lockText = readIfThere(inRoot('package-lock.json'));
  if (lockText === undefined)
    throw new Failure('package-lock.json is missing: restore it (`git checkout package-lock.json`).');
  // Native modules belong to one kind of Node: another major version needs them anew.
  const wanted = hashText(lockText, process.versions.modules, process.platform, process.arch);
  const isDone = () => readIfThere(stampFile) === wanted;
  if (isDone()) return;
  await withLock('install', async () => {
    if (isDone()) return;
    const present = readIfThere(inRoot('node_modules', '.package-lock.json'));
    if (present === undefined || !isInstalled(JSON.parse(lockText), JSON.parse(present))) await npmInstall();
    await ensureNativeModule();
    fs.writeFileSync(stampFile, wanted);
  });
}

/** @typedef {{ packages?: Record<string, { version?: string, optional?: boolean, peer?: boolean }> }} LockFile */

/**
 * True when the tree that npm noted in node_modules holds every package of the lock in its version. Packages for
 * other platforms and optional peers may be absent.
 * @param {LockFile} lock
 * @param {LockFile} present
 */
export function isInstalled(lock, present) {
  for (const [name, wanted] of Object.entries(lock.packages ?? {})) {
    if (name === '') continue;
    const found = present.packages?.[name];
    if (found === undefined ? !wanted.optional && !wanted.peer : found.version !== wanted.version)
      return false;
  }
  return true;
}

async function npmInstall() {
  say('installing dependencies (npm ci): one to three minutes the first time');
  // --include=dev: with NODE_ENV=production in the shell npm would leave out what the build needs.
  const args = ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  const { code, output } = await withHeartbeat('installing', () => runNpm(args, { tee: true }));
  if (code !== 0) throw new Failure(explainInstallFailure(output));
  say(`dependencies installed (${elapsed()})`);
}

const compilerAdvice = [
  'better-sqlite3 has no ready-made binary for this system that could be downloaded, and could not be compiled.',
  'Compiling needs Python 3, make and a C++ compiler:',
  '  Debian, Ubuntu   apt-get install -y python3 make g++',
  '  Fedora           dnf install -y python3 make gcc-c++',
  '  Alpine           apk add python3 make g++',
  '  macOS            xcode-select --install',
  '  Windows          Visual Studio Build Tools with "Desktop development with C++"',
  'Then run the same command again.',
].join('\n');

/**
 * What a failed `npm ci` means for the user, from what npm printed.
 * @param {string} output
 */
export function explainInstallFailure(output) {
  if (/ENOSPC/.test(output)) return 'npm ci failed: the disk is full (about 1 GB is needed).';
  if (/E(ACCES|PERM|ROFS)\b/.test(output)) {
    return 'npm ci failed: this folder cannot be written. Give it to the user that runs the command.';
  }
  if (/in sync|EUSAGE/.test(output)) {
    return 'npm ci failed: package.json and package-lock.json differ. Run `npm install`, then the same command again.';
  }
  // Before the network: a compiler's headers are downloaded too, and that failure is only the last of a chain.
  if (/gyp ERR|node-gyp|prebuild-install|better-sqlite3/.test(output)) return compilerAdvice;
  if (/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|network/.test(output)) {
    return 'npm ci failed: the package registry was not reached. Check the network (npm uses HTTPS_PROXY), then run the same command again.';
  }
  return 'npm ci failed: its messages above say why.';
}

/** Proves that the native module loads in this Node: compiled for another one, it does not. */
async function ensureNativeModule() {
  if (!fs.existsSync(inRoot('node_modules', 'better-sqlite3'))) return;
  if (await nativeModuleLoads()) return;
  say('better-sqlite3 does not load in this Node, building it again');
  const { code } = await withHeartbeat('compiling', () =>
    runNpm(['rebuild', 'better-sqlite3'], { tee: true }),
  );
  if (code !== 0 || !(await nativeModuleLoads())) throw new Failure(compilerAdvice);
}

async function nativeModuleLoads() {
  // In a process of its own: a binary of the wrong kind can end the process that loads it.
  const probe = "new (require('better-sqlite3'))(':memory:').close()";
  const { code } = await runProgram(process.execPath, ['-e', probe], {
    quiet: true,
    cwd: path.dirname(stampFile),
  });
  return code === 0;
}
