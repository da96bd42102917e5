import { AxeBuilder } from '@axe-core/playwright';
import { expect, type Page, test } from '@playwright/test';
import { en } from '@/lib/messages/en';
import { zh } from '@/lib/messages/zh';
import { type RunningApp, startRunningApp } from '../support/running-app';
import { watchPage } from './watch-page';

// Every page of the console in both languages and themes, from a phone to a desktop.

const texts = { en, zh } as const;
const languages = ['en', 'zh'] as const;
const themes = ['light', 'dark'] as const;
const widths = [360, 768, 1440] as const;

/** The address of each page, and the name that it has in the navigation. */
const pages = [
  ['/admin', 'overview'],
  ['/admin/logs', 'logs'],
  ['/admin/usage', 'usage'],
  ['/admin/playground', 'playground'],
  ['/admin/gallery', 'gallery'],
  ['/admin/accounts', 'accounts'],
  ['/admin/keys', 'keys'],
  ['/admin/settings/general', 'settings'],
  ['/admin/system', 'system'],
] as const;

const sessionToken = 'eyJhbGciOiJkaXIi..session-token-that-no-page-may-show-0123456789abcdef';

let app: RunningApp;
let cookie: string;

test.beforeAll(async () => {
  app = await startRunningApp();
  const administrator = app.administrator ?? { username: '', password: '' };
  await app.addAccount({ email: 'maria@example.com', credits: 5_000, sessionToken });
  await app.addAccount({ email: 'a.very.long.name.indeed.of.somebody@subdomain.example.com', credits: 3 });
  const headers = { authorization: `Bearer ${app.apiKey}`, 'content-type': 'application/json' };
  const picture = await fetch(`${app.url}/v1/images/generations`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ prompt: 'a lighthouse', n: 2, response_format: 'url' }),
  });
  expect(picture.status).toBe(200);
  const refused = await fetch(`${app.url}/v1/images/generations`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ prompt: 'unsafe-prompt' }),
  });
  expect(refused.status).toBe(400);
  const signedIn = await fetch(`${app.url}/api/v1/admin/sign-in`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: app.url },
    body: JSON.stringify(administrator),
  });
  cookie = /flow2api\.session=([^;]+)/.exec(signedIn.headers.get('set-cookie') ?? '')?.[1] ?? '';
  expect(cookie).not.toBe('');
});
test.afterAll(() => app.stop());

const choose = (page: Page, choices: Record<string, string>) =>
  page
    .context()
    .addCookies(
      Object.entries(choices).map(([name, value]) => ({ name: `flow2api.${name}`, value, url: app.url })),
    );

for (const language of languages) {
  for (const theme of themes) {
    for (const width of widths) {
      test(`${language}, ${theme}, ${width} px`, async ({ page }) => {
        test.setTimeout(180_000);
        await page.setViewportSize({ width, height: width === 360 ? 740 : 900 });
        await choose(page, { session: cookie, language, theme });
        const { problems } = watchPage(page, app.url);
        const faults: string[] = [];
        for (const [path, name] of pages) {
          const answer = await page.goto(`${app.url}${path}`);
          const title = texts[language].shell.pages[name];
          await expect(page.getByRole('heading', { level: 1, name: title, exact: true })).toBeVisible();
          await expect(page).toHaveTitle(`${title} · Flow2API`);
          expect(await page.locator('html').getAttribute('lang')).toBe(language === 'en' ? 'en' : 'zh-CN');
          await page.waitForLoadState('networkidle');
          const wider = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
          if (wider > 0) faults.push(`${path}: ${wider} px wider than the window`);
          expect((await answer?.text())?.includes(sessionToken)).toBe(false);
          const { violations } = await new AxeBuilder({ page })
            .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])
            .analyze();
          for (const { id, impact, nodes } of violations) {
            faults.push(
              `${path}: ${impact} ${id} ${nodes
                .map(({ target }) => target.join(' '))
                .slice(0, 3)
                .join(' | ')}`,
            );
          }
        }
        expect(faults).toEqual([]);
        expect(problems).toEqual([]);
      });
    }
  }
}

test('addresses of the predecessor lead to the pages of today', async ({ page }) => {
  await choose(page, { session: cookie });
  for (const [old, today] of [
    ['/', '/admin'],
    ['/manage', '/admin/accounts'],
    ['/test', '/admin/playground'],
    ['/login', '/admin'],
    ['/admin/settings', '/admin/settings/general'],
  ] as const) {
    await page.goto(`${app.url}${old}`);
    expect(new URL(page.url()).pathname).toBe(today);
  }
});
