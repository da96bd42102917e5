import { expect, test } from 'vitest';
import { parseEnvironmentFile, resolveEnvironment } from '../../scripts/lib/environment.mjs';

const from = { standing: '/home/me', root: '/srv/flow2api' };

test('without anything, the data directory is below the project and the rest is left to the program', () => {
  expect(resolveEnvironment({}, from)).toEqual({ DATA_DIR: '/srv/flow2api/data' });
});

test('paths of the shell are meant from where the user stands', () => {
  const shell = { DATA_DIR: './d', CONFIG_FILE: 'c.toml', DATABASE_URL: 'file:./x.db' };
  expect(resolveEnvironment(shell, from)).toEqual({
    DATA_DIR: '/home/me/d',
    CONFIG_FILE: '/home/me/c.toml',
    DATABASE_URL: 'file:/home/me/x.db',
  });
});

test('paths of .env are meant from the project', () => {
  const file = 'DATA_DIR=d\nDATABASE_URL="file:x.db"\nCONFIG_FILE=c.toml';
  expect(resolveEnvironment({}, { ...from, file })).toEqual({
    DATA_DIR: '/srv/flow2api/d',
    CONFIG_FILE: '/srv/flow2api/c.toml',
    DATABASE_URL: 'file:/srv/flow2api/x.db',
  });
});

test('the shell wins over .env, and empty values of either mean nothing', () => {
  const file = 'API_KEY=of-file\nPUBLIC_URL=https://a.example\nHOST=\n# PORT=1';
  expect(resolveEnvironment({ API_KEY: 'of-shell', PUBLIC_URL: '' }, { ...from, file })).toEqual({
    DATA_DIR: '/srv/flow2api/data',
    API_KEY: 'of-shell',
    PUBLIC_URL: 'https://a.example',
  });
});

test.each(['file:/var/lib/a.db', 'file:///var/lib/a.db', 'file::memory:', 'postgres://u:p@h:5432/d'])(
  'DATABASE_URL stays as it is: %s',
  (url) => {
    expect(resolveEnvironment({ DATABASE_URL: url }, from).DATABASE_URL).toBe(url);
  },
);

test.each([
  ['A=1', '1'],
  ['A = 1 ', '1'],
  ['export A=1', '1'],
  ['A=1 # why', '1'],
  ['A=a#b', 'a#b'],
  ['A="x # y"', 'x # y'],
  ["A='x' # why", 'x'],
  ['A=b=c', 'b=c'],
  ['A=', ''],
  ['A=1\r', '1'],
])('a line of .env, %j, sets %j', (line, expected) => {
  expect(parseEnvironmentFile(`# A=0\n${line}\n# B=2\nC=3`)).toEqual({ A: expected, C: '3' });
});
