import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { withoutOwnVariables } from './environment.mjs';
import { runPackage } from './processes.mjs';
import { inRoot, readIfThere } from './project.mjs';
import { tallyVitest } from './tally.mjs';

/** @typedef {import('./steps.mjs').Step} Step */

// The output goes through a pipe: without a word of ours it would never have colours.
const colors = process.stderr.isTTY ? { FORCE_COLOR: process.env.FORCE_COLOR ?? '1' } : {};
const quiet = { quiet: true, env: { ...colors, NODE_ENV: undefined } };
const sources = [
  'app',
  'components',
  'config',
  'db',
  'lib',
  'server',
  'tests',
  'instrumentation.ts',
  'proxy.ts',
];

/**
 * The checks that need neither a build nor a database, the longest first.
 * @returns {Step[]}
 */
export function staticChecks() {
  return [
    { name: 'unit tests', run: () => runVitest(['unit', 'scripts'], { quiet: true }) },
    { name: 'types (tsc)', run: checkTypes },
    { name: 'import rules (dependency-cruiser)', run: checkImports },
    {
      name: 'unused code (knip)',
      run: () => runPackage('knip', ['--no-progress'], { ...quiet, command: 'knip' }),
    },
    {
      name: 'style (biome)',
      run: () =>
        runPackage('@biomejs/biome', ['check', '--error-on-warnings', '--max-diagnostics=200', '.'], quiet),
    },
  ];
}

async function checkTypes() {
  // Next writes the types of the routes that exist; those of a page that is gone would fail.
  if (fs.existsSync(inRoot('app'))) {
    const generated = await runPackage('next', ['typegen'], quiet);
    if (generated.code !== 0) return generated;
  }
  return runPackage('typescript', ['--noEmit'], { ...quiet, command: 'tsc' });
}

function checkImports() {
  const present = sources.filter((name) => fs.existsSync(inRoot(name)));
  const args = ['--config', '.dependency-cruiser.cjs', '--output-type', 'err', ...present];
  return runPackage('dependency-cruiser', args, quiet);
}

/**
 * Runs Vitest projects and counts what they gave.
 * @param {string[]} projects
 * @param {{ quiet?: boolean }} [options]
 */
export async function runVitest(projects, options = {}) {
  const reportFile = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'flow2api-vitest-')), 'report.json');
  const args = [
    'run',
    ...projects.flatMap((project) => ['--project', project]),
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${reportFile}`,
  ];
  const { code, output } = await runPackage('vitest', args, {
    ...options,
    env: { ...(options.quiet ? colors : {}), ...withoutOwnVariables(), NODE_ENV: 'test' },
  });
  const report = readIfThere(reportFile);
  fs.rmSync(path.dirname(reportFile), { recursive: true, force: true });
  return { code, output, tally: tallyVitest(report === undefined ? undefined : JSON.parse(report), code) };
}
