import { expect, test } from 'vitest';
import { explainInstallFailure, isInstalled } from '../../scripts/lib/install.mjs';

const lock = {
  packages: {
    '': {},
    'node_modules/a': { version: '1.0.0' },
    'node_modules/native-for-elsewhere': { version: '2.0.0', optional: true },
    'node_modules/peer': { version: '3.0.0', peer: true },
  },
};

test.each([
  ['every package is there in its version', { a: '1.0.0' }, true],
  ['an optional one is there as well', { a: '1.0.0', 'native-for-elsewhere': '2.0.0' }, true],
  ['one is missing', {}, false],
  ['one has another version', { a: '1.0.1' }, false],
  ['an optional one has another version', { a: '1.0.0', 'native-for-elsewhere': '2.0.1' }, false],
])('installed, when %s: decided right', (_rule, present: Record<string, string>, expected) => {
  const packages = Object.fromEntries(
    Object.entries(present).map(([name, version]) => [`node_modules/${name}`, { version }]),
  );
  expect(isInstalled(lock, { packages })).toBe(expected);
});

test.each([
  ['npm error gyp ERR! find Python', 'python3 make g++'],
  ['npm error code 1\nnpm error path node_modules/better-sqlite3\nmake: not found', 'python3 make g++'],
  ['npm error code ENOTFOUND', 'registry was not reached'],
  ['npm error code ENOSPC', 'disk is full'],
  ['npm error code EACCES', 'cannot be written'],
  ['npm error code EUSAGE\nnpm error `npm ci` can only install packages when in sync', 'Run `npm install`'],
  ['something else', 'messages above'],
])('a failed install is explained: %s', (output, expected) => {
  expect(explainInstallFailure(output)).toContain(expected);
});
