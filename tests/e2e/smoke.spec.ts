import { randomBytes } from 'node:crypto';
import { expect, test } from '@playwright/test';
import { type RunningApp, startRunningApp } from '../support/running-app';
import { accountsPage } from './pages/accounts-page';
import { consolePage } from './pages/console-page';
import { loginPage } from './pages/login-page';
import { overviewPage } from './pages/overview-page';
import { watchPage } from './watch-page';

const administrator = { username: 'ada', password: 'correct horse battery' };
const account = {
  sessionToken: `eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0..${randomBytes(200).toString('base64url')}`,
  email: 'maria@example.com',
  tier: 'PAYGATE_TIER_TWO',
  credits: 12_340,
} as const;

let app: RunningApp;

// One program and one story: each test goes on where the one before ended.
test.describe.configure({ mode: 'serial' });

test.beforeAll(async () => {
  app = await startRunningApp({ administrator: false, simulator: { render: true } });
  app.simulator.addAccount(account);
});
test.afterAll(() => app.stop());

test('a visitor is sent to the sign-in page, which creates the first administrator', async ({ page }) => {
  const watch = watchPage(page, app.url);
  const login = loginPage(page);
  await page.goto(`${app.url}/admin/accounts`);
  await expect(page).toHaveURL(`${app.url}/admin/login?next=%2Fadmin%2Faccounts`);
  await expect(page).toHaveTitle('Create administrator · Flow2API');

  const code = app.setupCode ?? '';
  await login.createAdministrator({ ...administrator, code, repeat: 'something else entirely' });
  await expect(page.getByText('The two passwords differ.')).toBeVisible();
  await expect(page.getByLabel('Setup code')).toHaveValue(code);
  await login.createAdministrator({ ...administrator, code });

  await expect(page).toHaveURL(`${app.url}/admin/accounts`);
  await expect(consolePage(page).heading('Accounts')).toBeVisible();
  expect(watch.problems).toEqual([]);
});

test('signing in goes back to where one wanted to go, and a wrong password says no more than that', async ({
  page,
}) => {
  const watch = watchPage(page, app.url);
  const login = loginPage(page);
  await page.goto(`${app.url}/admin/accounts?q=maria`);
  await login.signIn({ ...administrator, password: 'wrong horse battery' });
  await expect(page.getByText('Username or password is wrong.')).toBeVisible();
  await login.signIn(administrator);
  await expect(page).toHaveURL(`${app.url}/admin/accounts?q=maria`);
  expect(watch.problems).toEqual([]);
});

test.describe('signed in', () => {
  test.beforeEach(async ({ page }) => {
    await page.goto(`${app.url}/admin`);
    await loginPage(page).signIn(administrator);
    await consolePage(page).ready('Overview');
  });

  test('an account is checked and added, a picture is made, and the overview shows both', async ({
    page,
  }) => {
    const watch = watchPage(page, app.url);
    const shell = consolePage(page);
    const accounts = accountsPage(page);
    await expect(page.getByRole('heading', { name: 'First steps' })).toBeVisible();
    await expect(page.getByRole('link', { name: 'Add an account' })).toBeVisible();
    await expect(page.getByText('Nothing is running')).toBeVisible();

    await shell.goTo('Accounts');
    await expect(page.getByText('No accounts yet')).toBeVisible();
    await accounts.openDialog();
    await accounts.check('hello');
    await expect(accounts.dialog.getByText('This does not look like a session token.')).toBeVisible();
    await accounts.check(`eyJ${'dead'.repeat(20)}`);
    await expect(accounts.dialog.getByText('Google does not accept this session token')).toBeVisible();
    await accounts.check(`__Secure-next-auth.session-token=${account.sessionToken};`);
    await expect(accounts.dialog.getByRole('status')).toContainText('maria@example.com');
    await expect(accounts.dialog.getByRole('status')).toContainText('12,340');
    await accounts.save({ imagesAtATime: '0' });
    await expect(accounts.dialog.getByText('Enter 1 or more, or leave empty for unlimited.')).toBeVisible();
    await accounts.save({ remark: 'main account', imagesAtATime: '4' });

    await expect(accounts.dialog).toBeHidden();
    const row = accounts.row(account.email);
    for (const text of ['main account', 'Healthy', 'Ultra', '12,340', 'img 0/4'])
      await expect(row).toContainText(text);
    expect(await page.content()).not.toContain(account.sessionToken);

    const answer = await page.request.post(`${app.url}/v1/chat/completions`, {
      headers: { authorization: `Bearer ${app.apiKey}` },
      data: {
        model: 'gemini-3.1-flash-image',
        messages: [{ role: 'user', content: 'a lighthouse at dusk' }],
      },
    });
    expect(answer.status()).toBe(200);
    const [, picture = ''] = /!\[[^\]]*\]\(([^)]+)\)/.exec(await answer.text()) ?? [];
    expect((await page.request.get(picture)).headers()['content-type']).toMatch(/^image\//);

    await shell.goTo('Overview');
    await expect(page.getByText('3 of 4')).toBeVisible({ timeout: 15_000 });
    const images = page.getByRole('definition').filter({ hasText: /^1$/ });
    await expect(images.first()).toBeVisible();
    await overviewPage(page).showTable('Credits left per account');
    await expect(page.getByRole('table', { name: 'Credits left per account' })).toContainText(account.email);
    expect(watch.problems).toEqual([]);
  });

  test('the theme is kept, and the first paint has it', async ({ page }) => {
    const shell = consolePage(page);
    await shell.chooseTheme('Dark');
    await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
    const html = await (await page.request.get(`${app.url}/admin`)).text();
    expect(html).toContain('data-theme="dark"');
  });

  test('on a phone the pages are reached through a sheet and nothing scrolls sideways', async ({ page }) => {
    await page.setViewportSize({ width: 360, height: 740 });
    await page.getByRole('button', { name: 'Open navigation' }).click();
    await consolePage(page).goTo('Accounts');
    await expect(page.getByRole('dialog')).toBeHidden();
    await expect(accountsPage(page).row(account.email)).toBeVisible();
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect(overflow).toBe(0);
  });

  test('an address that does not exist says so inside the console', async ({ page }) => {
    await page.goto(`${app.url}/admin/nothing`);
    await expect(page.getByRole('heading', { name: 'There is no such page' })).toBeVisible();
    await expect(page.getByRole('navigation', { name: 'Main' })).toBeVisible();
  });

  test('signing out ends the session on the server as well', async ({ page }) => {
    const watch = watchPage(page, app.url);
    const cookies = await page.context().cookies();
    await consolePage(page).signOut();
    await expect(page).toHaveURL(`${app.url}/admin/login`);
    await page.context().addCookies(cookies);
    expect((await page.request.get(`${app.url}/api/v1/admin/accounts`)).status()).toBe(401);
    await page.goto(`${app.url}/admin/accounts`);
    await expect(page).toHaveURL(`${app.url}/admin/login?next=%2Fadmin%2Faccounts`);
    expect(watch.problems).toEqual([]);
  });
});
