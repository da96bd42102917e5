import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { type RunningApp, startRunningApp } from '../support/running-app';
import { changePasswordPage } from './pages/change-password-page';
import { consolePage } from './pages/console-page';
import { loginPage } from './pages/login-page';
import { watchPage } from './watch-page';

/** As an old settings file has it: too short here, but taken over. */
const old = { username: 'ada', password: 'seven77' };
const chosen = 'correct horse battery';

let app: RunningApp;
let folder: string;

// One program and one story: each test goes on where the one before ended.
test.describe.configure({ mode: 'serial' });

test.beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flow2api-settings-'));
  const file = join(folder, 'setting.toml');
  await writeFile(file, `[global]\nadmin_username = "${old.username}"\nadmin_password = "${old.password}"\n`);
  app = await startRunningApp({ administrator: false, env: { CONFIG_FILE: file } });
});
test.afterAll(async () => {
  await app.stop();
  await rm(folder, { recursive: true });
});

test('whoever signs in with a password of an old file has to choose another one first', async ({ page }) => {
  const watch = watchPage(page, app.url);
  const change = changePasswordPage(page);
  await page.goto(`${app.url}/admin/accounts`);
  await loginPage(page).signIn(old);
  await expect(change.heading).toBeVisible();
  await expect(page).toHaveTitle('Change password · Flow2API');

  for (const path of ['/admin', '/admin/accounts']) {
    await page.goto(`${app.url}${path}`);
    await expect(change.heading).toBeVisible();
  }
  const answer = await page.request.get(`${app.url}/api/v1/admin/accounts`);
  expect(answer.status()).toBe(403);
  expect((await answer.json()).error.code).toBe('password_change_required');
  expect(watch.problems).toEqual([]);
});

test('what cannot be the new password is said where it was entered', async ({ page }) => {
  const change = changePasswordPage(page);
  await page.goto(`${app.url}/admin/login?next=%2Fadmin%2Faccounts`);
  await loginPage(page).signIn(old);
  await change.fill({ current: old.password, chosen, repeat: 'another horse battery' });
  await expect(page.getByText('The two passwords differ.')).toBeVisible();
  await change.fill({ current: 'wrong one', chosen });
  await expect(page.getByText('The password is wrong.').first()).toBeVisible();
  await change.fill({ current: old.password, chosen: 'too short' });
  await expect(change.newPassword).toHaveAccessibleDescription(/Use at least 12 characters\./);
  await expect(change.newPassword).toHaveAttribute('aria-invalid', 'true');
});

test('with another password the console opens where the visitor wanted to go', async ({ page }) => {
  const change = changePasswordPage(page);
  await page.goto(`${app.url}/admin/accounts`);
  await loginPage(page).signIn(old);
  await change.fill({ current: old.password, chosen });
  await expect(consolePage(page).heading('Accounts')).toBeVisible();
  await expect(page).toHaveURL(`${app.url}/admin/accounts`);

  await consolePage(page).signOut();
  await loginPage(page).signIn(old);
  await expect(page.getByText('Username or password is wrong.')).toBeVisible();
  await loginPage(page).signIn({ ...old, password: chosen });
  await expect(consolePage(page).heading('Overview')).toBeVisible();
});
