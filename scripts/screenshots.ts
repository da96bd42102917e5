import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium } from '@playwright/test';
import sharp from 'sharp';
import { chromiumArgs, findChromium } from '../tests/support/chromium';

// The pictures of docs/images, of a console that runs with something to show, such as the demo:
// node --import tsx scripts/screenshots.ts http://127.0.0.1:8000 admin PASSWORD

const [base, username, password] = process.argv.slice(2);
if (base === undefined || username === undefined || password === undefined) {
  throw new Error('Give the address of a console, the username and the password.');
}

const folder = join(import.meta.dirname, '../docs/images');
const pages = {
  overview: '/admin',
  logs: '/admin/logs',
  usage: '/admin/usage',
  playground: '/admin/playground',
  gallery: '/admin/gallery',
  accounts: '/admin/accounts',
  keys: '/admin/keys',
  settings: '/admin/settings/general',
  system: '/admin/system',
} as const;
const windows = [
  { width: 1440, height: 900 },
  { width: 360, height: 740 },
];
const chartMs = 1_500; // charts grow when they are first shown

const browser = await chromium.launch({ executablePath: findChromium(), args: chromiumArgs });
await mkdir(folder, { recursive: true });
let total = 0;
try {
  for (const theme of ['light', 'dark']) {
    for (const viewport of windows) {
      const context = await browser.newContext({ viewport, locale: 'en-US', timezoneId: 'UTC' });
      await context.addCookies([{ name: 'flow2api.theme', value: theme, url: base }]);
      const page = await context.newPage();
      await page.goto(`${base}/admin/login`);
      await page.getByLabel('Username').fill(username);
      await page.getByLabel('Password', { exact: true }).fill(password);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.waitForURL(/\/admin$/);
      for (const [name, path] of Object.entries(pages)) {
        await page.goto(`${base}${path}`);
        await page.waitForTimeout(chartMs);
        const picture = await sharp(await page.screenshot())
          .webp({ quality: 80, effort: 6 })
          .toBuffer();
        await writeFile(join(folder, `${name}-${theme}-${viewport.width}.webp`), picture);
        total += picture.byteLength;
      }
      await context.close();
    }
  }
} finally {
  await browser.close();
}
process.stdout.write(`${Math.round(total / 1_000)} kB in docs/images\n`);
