import { expect, type Page, test } from '@playwright/test';
import { type RunningApp, signIn, startRunningApp } from '../support/running-app';
import { consolePage } from './pages/console-page';
import { loginPage } from './pages/login-page';
import { watchPage } from './watch-page';

let app: RunningApp;
const image = 'gemini-3.1-flash-image';

test.beforeAll(async () => {
  app = await startRunningApp({
    simulator: { render: true },
  });
  await app.addAccount({ email: 'maria@example.com', credits: 5_000 });
  const cookie = await signIn(app.url, app.administrator ?? { username: '', password: '' });
  const saved = await fetch(`${app.url}/api/v1/admin/settings`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/json', cookie, origin: app.url },
    body: JSON.stringify({ changes: [{ key: 'request_log.record_bodies', value: true }] }),
  });
  expect(saved.status, await saved.text()).toBe(200);
  await generate('a red lighthouse');
  await generate('a blue boat');
  await generate('unsafe-prompt');
  await generate('nobody knows this', 'gpt-5');
});
test.afterAll(() => app.stop());

const generate = async (prompt: string, model = image) => {
  const answer = await fetch(`${app.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${app.apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: prompt }] }),
  });
  await answer.text();
};

const open = async (page: Page, path: string) => {
  await page.goto(`${app.url}${path}`);
  await loginPage(page).signIn(app.administrator ?? { username: '', password: '' });
  await consolePage(page).ready('Logs');
};

const table = (page: Page) => page.getByRole('table', { name: 'Request logs' });
const rows = (page: Page) => table(page).locator('[data-row-id]');

test('lists, narrows and opens requests', async ({ page }) => {
  const watch = watchPage(page, app.url);
  await page.setViewportSize({ width: 1500, height: 900 });
  await open(page, '/admin/logs?source=openai');
  await expect(rows(page)).toHaveCount(4);
  const search = page.getByRole('searchbox', { name: 'Search logs' });
  await expect(async () => {
    await search.fill('');
    await search.fill('lighthouse');
    await expect(page).toHaveURL(/q=lighthouse/, { timeout: 2_000 });
  }).toPass();
  await expect(rows(page)).toHaveCount(1);
  await rows(page).first().getByRole('button', { name: image }).click();
  const drawer = page.getByRole('dialog', { name: /^req_/ });
  await expect(drawer.getByRole('list', { name: 'Timeline' }).getByRole('listitem').first()).toBeVisible();
  await expect(drawer.getByRole('list', { name: 'Media' }).getByRole('listitem')).toHaveCount(1);
  await expect(drawer.getByRole('button', { name: 'Copy as curl' })).toBeVisible();
  const body = drawer.getByRole('region', { name: 'Request', exact: true });
  await body.getByRole('searchbox').fill('red');
  await expect(body.getByText('1 of 1')).toBeVisible();
  await drawer.getByRole('list', { name: 'Media' }).scrollIntoViewIfNeeded();
  await drawer.getByRole('button', { name: 'Close' }).click();
  await page.getByRole('searchbox', { name: 'Search logs' }).fill('');
  await expect(rows(page)).toHaveCount(4);
  await rows(page).first().getByRole('button', { name: 'gpt-5' }).click();
  await expect(page.getByText('What this means')).toBeVisible();
  const second = await rows(page).nth(1).getAttribute('data-row-id');
  await page.keyboard.press('j');
  await expect(page.getByRole('dialog', { name: second ?? '' })).toBeVisible();
  await page.keyboard.press('k');
  await expect(page.getByText('What this means')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page).not.toHaveURL(/log=/);
  expect(watch.problems).toEqual([]);
});

test('shows new requests by themselves, or by a button while somebody works in the list', async ({
  page,
}) => {
  await page.setViewportSize({ width: 1500, height: 900 });
  await open(page, '/admin/logs?source=openai');
  await rows(page).first().waitFor();
  const before = await rows(page).count();
  await page.getByRole('switch', { name: 'Live' }).click();
  await expect(page).toHaveURL(/live=1/);
  await generate('seen at once');
  await expect(rows(page)).toHaveCount(before + 1);
  await page.getByRole('searchbox', { name: 'Search logs' }).focus();
  await generate('held back');
  const fresh = page.getByRole('button', { name: '1 new request' });
  await expect(fresh).toBeVisible();
  await expect(rows(page)).toHaveCount(before + 1);
  await fresh.click();
  await expect(rows(page)).toHaveCount(before + 2);
  await expect(table(page)).toBeFocused();
  await expect(page.getByRole('status').filter({ hasText: /new request/ })).toHaveCount(1);
});

test('clears the log after DELETE was typed', async ({ page }) => {
  await open(page, '/admin/logs?range=all&source=openai');
  const question = page.getByRole('alertdialog');
  await expect(async () => {
    await page.getByRole('button', { name: 'Clear logs…' }).click({ timeout: 2_000 });
    await expect(question).toBeVisible({ timeout: 2_000 });
  }).toPass();
  await question.getByRole('radio', { name: 'All' }).click();
  const confirm = question.getByRole('button', { name: 'Clear all' });
  await expect(confirm).toBeDisabled();
  await question.getByRole('textbox').fill('DELETE');
  await confirm.click();
  await expect(page.getByText('No requests match these filters')).toBeVisible();
});

test('is cards on a phone', async ({ page }) => {
  await generate('a small boat');
  await page.setViewportSize({ width: 360, height: 740 });
  await open(page, '/admin/logs?source=openai');
  await expect(rows(page)).toHaveCount(1);
  const width = () => page.evaluate(() => document.documentElement.scrollWidth);
  expect(await width()).toBe(360);
  await rows(page).first().getByRole('button', { name: image }).click();
  await expect(page.getByRole('dialog').getByRole('list', { name: 'Timeline' })).toBeVisible();
  expect(await width()).toBe(360);
  const id = new URL(page.url()).searchParams.get('log');
  await page.goto(`${app.url}/admin/logs/${id}`);
  await expect(page.getByRole('heading', { level: 1, name: id ?? '' })).toBeVisible();
  expect(await width()).toBe(360);
});
