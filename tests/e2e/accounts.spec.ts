import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { expect, type Page, test } from '@playwright/test';
import { type RunningApp, startRunningApp } from '../support/running-app';
import { accountsPage } from './pages/accounts-page';
import { consolePage } from './pages/console-page';
import { loginPage } from './pages/login-page';

const freshToken = () => `eyJhbGciOiJkaXIi..${randomBytes(60).toString('base64url')}`;

let app: RunningApp;
let administrator: { username: string; password: string };

test.beforeAll(async () => {
  app = await startRunningApp();
  administrator = app.administrator ?? { username: '', password: '' };
  for (const name of ['ann', 'bob', 'cat'])
    await app.addAccount({ email: `${name}@example.com`, credits: 900 });
});
test.afterAll(() => app.stop());

const visit = async (page: Page, search: string) => {
  await page.goto(`${app.url}/admin/accounts${search}`);
  await loginPage(page).signIn(administrator);
};
const open = async (page: Page, search = '') => {
  await visit(page, search);
  await consolePage(page).ready('Accounts');
};

test('the drawer is in the address, leads from row to row, and asks before it forgets', async ({ page }) => {
  const accounts = accountsPage(page);
  await open(page, '?sort=email');
  await accounts.openDrawer('ann@example.com');
  const ann = accounts.drawer('ann@example.com');
  await ann.getByRole('tab', { name: 'Configuration' }).click();
  await page.reload();
  await ann.getByLabel('Remark').fill('main');
  await expect(ann.getByText('1 unsaved change')).toBeVisible();
  await ann.getByRole('button', { name: 'Next account' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Cancel' }).click();
  await ann.getByRole('button', { name: 'Save changes' }).click();
  await expect(ann.getByText('1 unsaved change')).toBeHidden();
  await ann.getByRole('button', { name: 'Next account' }).click();
  await expect(accounts.drawer('bob@example.com')).toBeVisible();
  await page.keyboard.press('k');
  await expect(ann).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(ann).toBeHidden();
  await expect(page).toHaveURL(/\/admin\/accounts\?sort=email$/);
  await expect(accounts.row('ann@example.com')).toContainText('main');
});

test('a secret is shown after the password and nowhere in the page before', async ({ page }) => {
  const accounts = accountsPage(page);
  await open(page);
  await accounts.openDrawer('cat@example.com');
  const drawer = accounts.drawer('cat@example.com');
  await drawer.getByRole('tab', { name: 'Configuration' }).click();
  await drawer.getByRole('button', { name: 'Reveal' }).click();
  await page.getByLabel('Password', { exact: true }).fill(administrator.password);
  await page.keyboard.press('Enter');
  await expect(drawer.getByRole('button', { name: 'Copy session token' })).toBeVisible();
  await drawer.getByRole('button', { name: 'Hide' }).click();
  await expect(drawer.getByRole('button', { name: 'Copy session token' })).toBeHidden();
});

test('a switch is set back when the gateway refuses, and says why', async ({ page }) => {
  await open(page);
  await page.route('**/api/v1/admin/accounts/*', (route) =>
    route.request().method() === 'PATCH' ? route.fulfill({ status: 503, body: 'x' }) : route.continue(),
  );
  const images = page.getByRole('switch', { name: 'Images for bob@example.com' });
  await images.click();
  await expect(page.getByText('Images of bob@example.com could not be switched')).toBeVisible();
  await expect(images).toBeChecked();
});

test('disabling can be undone', async ({ page }) => {
  const accounts = accountsPage(page);
  await open(page);
  await accounts.choose('bob@example.com', 'Disable');
  await expect(accounts.row('bob@example.com')).toContainText('Disabled');
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(accounts.row('bob@example.com')).toContainText('Healthy');
});

test('work on many accounts shows its progress and what failed', async ({ page }) => {
  const accounts = accountsPage(page);
  await open(page);
  await accounts.select('ann@example.com');
  await accounts.select('bob@example.com');
  await accounts.bulk('Edit');
  const dialog = page.getByRole('dialog', { name: 'Edit 2 accounts' });
  await dialog.getByRole('radiogroup', { name: 'Videos' }).getByRole('radio', { name: 'Off' }).click();
  await dialog.getByRole('button', { name: 'Apply to 2 accounts' }).click();
  await expect(page.getByText('2 done · 0 failed').first()).toBeVisible();
  await expect(page.getByRole('switch', { name: 'Videos for ann@example.com' })).not.toBeChecked();
  await expect(page).toHaveURL(/task=/);
});

test('an import says what each row would do, and gives back the rows that failed', async ({ page }) => {
  const accounts = accountsPage(page);
  const sessionToken = freshToken();
  app.simulator.addAccount({ sessionToken, email: 'new@example.com', tier: 'PAYGATE_TIER_ONE', credits: 5 });
  const rows = [
    { email: 'new@example.com', session_token: sessionToken, at: 'unused' },
    { email: 'dead@example.com', session_token: freshToken() },
    { email: 'none@example.com', session_token: '' },
    'nonsense',
  ];
  await open(page);
  await page.getByRole('button', { name: 'Import' }).click();
  const dialog = page.getByRole('dialog', { name: 'Import' });
  await dialog.getByLabel('Or paste JSON').fill('{}');
  await dialog.getByRole('button', { name: 'Preview' }).click();
  await expect(
    dialog.getByText('The file must hold a JSON array (up to 1,000 accounts, 5 MB).'),
  ).toBeVisible();
  await dialog.getByLabel('Or paste JSON').fill(JSON.stringify(rows));
  await dialog.getByRole('button', { name: 'Preview' }).click();
  await expect(dialog.getByText('Fields that are not used here and are ignored: at')).toBeVisible();
  await dialog.getByRole('button', { name: 'Import 2 accounts' }).click();
  await expect(dialog.getByText('1 added · 0 updated · 0 skipped · 1 failed').first()).toBeVisible();
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    dialog.getByRole('button', { name: 'Download failed rows' }).click(),
  ]);
  const failed = JSON.parse(await readFile(await file.path(), 'utf8'));
  expect(failed).toMatchObject([
    { email: 'dead@example.com' },
    { email: 'none@example.com', import_error: 'There is no session_token.' },
    { account: 'nonsense' },
  ]);
  await dialog.getByRole('button', { name: 'Close' }).last().click();
  await expect(accounts.row('new@example.com')).toBeVisible();
});

test('an export holds secrets only after a question and the password', async ({ page }) => {
  await open(page);
  const dialog = page.getByRole('dialog', { name: 'Export' });
  const save = async (press: () => Promise<void>) => {
    const [file] = await Promise.all([page.waitForEvent('download'), press()]);
    return JSON.parse(await readFile(await file.path(), 'utf8'))[0].session_token;
  };
  await page.getByRole('button', { name: 'Export' }).click();
  expect(await save(() => dialog.getByRole('button', { name: 'Export' }).click())).toBe('');
  await page.getByRole('button', { name: 'Export' }).click();
  await dialog.getByLabel('Include secrets').click();
  await dialog.getByRole('button', { name: 'Export' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Export with secrets' }).click();
  await page.getByLabel('Password', { exact: true }).fill(administrator.password);
  expect(await save(() => page.keyboard.press('Enter'))).not.toBe('');
});

test('a link to refresh all credits only asks', async ({ page }) => {
  await visit(page, '?refresh=credits'); // the question hides the page behind it
  const question = page.getByRole('alertdialog');
  await expect(question.getByRole('button', { name: 'Cancel' })).toBeFocused();
  await question.getByRole('button', { name: 'Refresh all credits' }).click();
  await expect(page.getByRole('heading', { name: 'Refresh credits' })).toBeVisible();
  await expect(page).not.toHaveURL(/refresh=/);
});
