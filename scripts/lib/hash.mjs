import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

/** @param {(string | undefined)[]} parts */
export function hashText(...parts) {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part ?? '').update('\0');
  return hash.digest('hex').slice(0, 32);
}

const uncounted = /(^|\/)(\.[^/]*|[^/]+\.test\.tsx?|setting\.toml)$/;

/**
 * One value for the names and contents of these files and folders. Times do not count: a checkout and a copy
 * change them. Tests, the operator's settings and an editor's hidden files do not count: the build has none of them.
 * @param {string} base
 * @param {string[]} names below `base`
 */
export function hashFiles(base, names) {
  const hash = createHash('sha256');
  /** @param {string} name */
  const add = (name) => {
    const stat = fs.statSync(path.join(base, name), { throwIfNoEntry: false });
    if (stat === undefined || uncounted.test(name)) return;
    if (stat.isDirectory()) {
      for (const entry of fs.readdirSync(path.join(base, name)).sort()) add(`${name}/${entry}`);
    } else {
      hash.update(`${name}\0${stat.size}\0`).update(fs.readFileSync(path.join(base, name)));
    }
  };
  for (const name of names) add(name);
  return hash.digest('hex').slice(0, 32);
}
