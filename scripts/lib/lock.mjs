import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { inRoot, readIfThere } from './project.mjs';
import { say } from './terminal.mjs';

const beatMs = 5_000;
const abandonedMs = 60_000; // twelve missed beats

/**
 * Does the work while no other process of this project does the same: two shells started at once install once.
 * A holder that died, here or on another machine that shares the folder, does not hold for ever.
 * @template T
 * @param {'install' | 'build'} name
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(name, work) {
  const folder = inRoot(`.${name}.lock`);
  const owner = path.join(folder, 'owner');
  for (let told = false; !take(folder, owner); told = true) {
    if (isAbandoned(folder, owner)) {
      fs.rmSync(folder, { recursive: true, force: true });
      continue;
    }
    if (!told) say(`another command is at the same work (${name}), waiting for it`);
    await sleep(300);
  }
  const beat = setInterval(() => touch(owner), beatMs).unref();
  const release = () => fs.rmSync(folder, { recursive: true, force: true });
  process.once('exit', release);
  try {
    return await work();
  } finally {
    clearInterval(beat);
    process.off('exit', release);
    release();
  }
}

/**
 * @param {string} folder
 * @param {string} owner
 */
function take(folder, owner) {
  try {
    fs.mkdirSync(folder);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
  fs.writeFileSync(owner, `${os.hostname()} ${process.pid}`);
  return true;
}

/**
 * @param {string} folder
 * @param {string} owner
 */
function isAbandoned(folder, owner) {
  const [host, pid] = (readIfThere(owner) ?? '').split(' ');
  if (host === os.hostname() && pid && !isAlive(Number(pid))) return true;
  const stat =
    fs.statSync(owner, { throwIfNoEntry: false }) ?? fs.statSync(folder, { throwIfNoEntry: false });
  return stat !== undefined && Date.now() - stat.mtimeMs > abandonedMs;
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives, and is someone else's.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** @param {string} file */
function touch(file) {
  const now = new Date();
  // The folder may have been removed by hand; the work goes on.
  fs.utimes(file, now, now, () => {});
}
