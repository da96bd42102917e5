import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { chromium } from '@playwright/test';

/** For a browser that runs in containers, as root as well, and talks to nobody but the page. */
export const chromiumArgs = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const systemPaths = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome-stable',
  '/usr/bin/google-chrome',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:/Program Files/Google/Chrome/Application/chrome.exe',
  'C:/Program Files (x86)/Google/Chrome/Application/chrome.exe',
  'C:/Program Files (x86)/Microsoft/Edge/Application/msedge.exe',
];

const advice = [
  'No Chromium for the browser tests. Any of these is enough:',
  '  apt-get install -y chromium                    or the like, or Google Chrome',
  '  npx playwright install --with-deps chromium    a browser of its own, with the libraries that it needs',
  '  CHROMIUM_PATH=/path/to/chromium                one that lies elsewhere',
].join('\n');

/**
 * The Chromium for the browser tests: CHROMIUM_PATH, else the system's, else Playwright's own, which is downloaded
 * when it is not there. Throws an error that says what to install.
 */
export function findChromium(): string {
  const named = process.env.CHROMIUM_PATH;
  if (named) {
    if (runs(named)) return named;
    throw new Error(`CHROMIUM_PATH names ${named}, which does not run here.`);
  }
  const own = chromium.executablePath();
  const present = [...systemPaths, own].find(runs);
  if (present) return present;
  downloadChromium();
  if (runs(own)) return own;
  throw new Error(
    fs.existsSync(own)
      ? `${advice}\n(${own} is there and does not start: its libraries are missing.)`
      : advice,
  );
}

function runs(file: string): boolean {
  if (!fs.existsSync(file)) return false;
  // There it would open a window.
  if (process.platform === 'win32') return true;
  return spawnSync(file, ['--version'], { timeout: 20_000 }).status === 0;
}

function downloadChromium(): void {
  process.stderr.write('No Chromium on this system, Playwright downloads its own ...\n');
  const manifest = createRequire(import.meta.url).resolve('@playwright/test/package.json');
  spawnSync(process.execPath, [path.join(path.dirname(manifest), 'cli.js'), 'install', 'chromium'], {
    stdio: 'inherit',
  });
}
