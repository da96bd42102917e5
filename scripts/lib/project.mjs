import fs from 'node:fs';
import path from 'node:path';

/** The folder of package.json, without a slash at its end. */
export const root = path.resolve(import.meta.dirname, '..', '..');

/** @param {string[]} parts below the project's root */
export const inRoot = (...parts) => path.join(root, ...parts);

/**
 * The text of a file, or undefined when there is none.
 * @param {string} file
 */
export function readIfThere(file) {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** @param {unknown} error */
const isMissing = (error) => error instanceof Error && 'code' in error && error.code === 'ENOENT';
