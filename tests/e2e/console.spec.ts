import { randomBytes } from 'node:crypto';
import { createServer, type Server, request as sendRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from '@playwright/test';
import { type RunningApp, startRunningApp } from '../support/running-app';
import { accountsPage } from './pages/accounts-page';
import { consolePage } from './pages/console-page';
import { loginPage } from './pages/login-page';
import { overviewPage } from './pages/overview-page';
import { watchPage } from './watch-page';

const longWord = 'W'.repeat(150);
const freshToken = () => `eyJhbGciOiJkaXIi..${randomBytes(60).toString('base64url')}`;

let app: RunningApp;
let administrator: { username: string; password: string };

test.beforeAll(async () => {
  app = await startRunningApp({ simulator: { render: true } });
  administrator = app.administrator ?? { username: '', password: '' };
  await app.addAccount({ email: 'maria@example.com', credits: 5_000 });
});
test.afterAll(() => app.stop());

/** An account that the simulator knows and the program does not. */
function upstreamAccount(email: string) {
  const sessionToken = freshToken();
  app.simulator.addAccount({ sessionToken, email, tier: 'PAYGATE_TIER_ONE', credits: 100 });
  return sessionToken;
}

const generate = (prompt: string, model = 'gemini-3.1-flash-image') =>
  fetch(`${app.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${app.apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: prompt }] }),
  });

/** A job of the overview's table. */
const runningJob = (part: object) => ({
  id: 'job_1',
  state: 'running',
  step: 'generating',
  kind: 'image',
  model: 'gemini-3.1-flash-image',
  prompt: 'a lighthouse',
  account_id: null,
  account_email: null,
  key: null,
  progress: 40,
  error: null,
  media: [],
  created_at: new Date().toISOString(),
  started_at: null,
  ended_at: null,
  request_id: null,
  ...part,
});

/** nginx as it comes: it calls the program by the address of the program, and forwards nothing else. */
async function startPlainProxy(): Promise<{ url: string; server: Server }> {
  const upstream = new URL(app.url);
  const server = createServer((incoming, outgoing) => {
    const onward = sendRequest(
      {
        host: upstream.hostname,
        port: upstream.port,
        path: incoming.url,
        method: incoming.method,
        headers: { ...incoming.headers, host: upstream.host },
      },
      (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      },
    );
    onward.on('error', () => outgoing.destroy());
    incoming.pipe(onward);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

test('signing in works behind a proxy that changes the host, and nobody is sent past it', async ({
  page,
}) => {
  const proxy = await startPlainProxy();
  await page.goto(`${proxy.url}/admin/accounts`);
  await expect(page).toHaveURL(`${proxy.url}/admin/login?next=%2Fadmin%2Faccounts`);
  await loginPage(page).signIn(administrator);
  await expect(consolePage(page).heading('Accounts')).toBeVisible();
  await expect(page).toHaveURL(`${proxy.url}/admin/accounts`);
  await consolePage(page).signOut();
  await expect(page).toHaveURL(`${proxy.url}/admin/login`);
  proxy.server.close();
  proxy.server.closeAllConnections();
});

test.describe('without scripts', () => {
  test.use({ javaScriptEnabled: false });

  test('one can sign in, and is told why not', async ({ page }) => {
    await page.goto(`${app.url}/admin/accounts`);
    await loginPage(page).signIn({ ...administrator, password: 'wrong horse battery' });
    await expect(page.getByText('Username or password is wrong.')).toBeVisible();
    await loginPage(page).signIn(administrator);
    await expect(page).toHaveURL(`${app.url}/admin/accounts`);
    await expect(consolePage(page).heading('Accounts')).toBeVisible();
  });
});

test.describe('signed in', () => {
  test.beforeEach(async ({ page }) => {
    await page.goto(`${app.url}/admin`);
    await loginPage(page).signIn(administrator);
    await consolePage(page).ready('Overview');
  });

  test('an error of one long word and a model of a long name are shown on a phone', async ({ page }) => {
    const watch = watchPage(page, app.url);
    await page.route('**/api/v1/admin/overview?*', async (route) => {
      const answer = await route.fetch();
      const body = await answer.json();
      const at = new Date().toISOString();
      body.attention.items = [{ kind: 'loop', name: 'clean-media', at, message: longWord }];
      body.running = [runningJob({ model: longWord.toLowerCase(), created_at: at })];
      body.jobs_running = 1;
      await route.fulfill({ response: answer, json: body });
    });
    await page.setViewportSize({ width: 360, height: 740 });
    await expect(page.getByRole('list', { name: 'Needs attention' })).toContainText(longWord, {
      timeout: 15_000,
    });
    await expect(page.getByRole('table', { name: 'Running jobs' })).toContainText(longWord.toLowerCase());
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect(overflow).toBe(0);
    expect(watch.problems).toEqual([]);
  });

  test('a cooldown that is over is no expiry, and a running job leads to its entry in the log', async ({
    page,
  }) => {
    await page.route('**/api/v1/admin/overview?*', async (route) => {
      const answer = await route.fetch();
      const body = await answer.json();
      body.attention.items = [
        {
          kind: 'account',
          account: {
            id: 'ann',
            email: 'ann@example.com',
            remark: null,
            credits: 5,
            health: { state: 'cooldown', facts: {}, until: new Date(Date.now() - 5_000).toISOString() },
          },
        },
      ];
      body.running = [runningJob({ request_id: 'req_1' })];
      await route.fulfill({ response: answer, json: body });
    });
    await expect(page.getByRole('list', { name: 'Needs attention' })).toContainText('back any moment', {
      timeout: 15_000,
    });
    await expect(page.getByRole('link', { name: 'Open ann@example.com' })).toHaveAttribute(
      'href',
      '/admin/accounts?account=ann',
    );
    const job = page.getByRole('table', { name: 'Running jobs' }).getByRole('link');
    await expect(job).toHaveAttribute('href', '/admin/logs?log=req_1');
  });

  test('a chart is read by the arrow keys, as a table, and without the lines that are put away', async ({
    page,
  }) => {
    const overview = overviewPage(page);
    await generate('a lighthouse');
    await page.reload();
    const points = overview.points('Requests by status');
    await expect(async () => {
      await page.reload();
      await points.focus();
      await page.keyboard.press('End');
      await expect(points).toHaveAttribute('aria-valuetext', /Succeeded [1-9]/, { timeout: 1_000 });
    }).toPass({ timeout: 40_000 });
    await overview.legend('Requests by status', 'Succeeded').click();
    await points.focus();
    await page.keyboard.press('End');
    await expect(points).not.toHaveAttribute('aria-valuetext', /Succeeded/);
    await overview.showTable('Requests by status');
    const table = page.getByRole('table', { name: 'Requests by status' });
    await expect(table.getByRole('columnheader')).toHaveText([
      'Time',
      'Succeeded',
      'Failed',
      'Refused',
      'Rate limited',
      'Cancelled',
    ]);
    await expect(table.getByRole('link').first()).toHaveAttribute('href', /\/admin\/logs\?status=success/);
  });

  test('the range is in the address, and Back undoes a choice', async ({ page }) => {
    await page.getByRole('radio', { name: '7d' }).click();
    await expect(page).toHaveURL(/range=7d/);
    await page.goBack();
    await expect(page.getByRole('radio', { name: '24h' })).toBeChecked();
    await page.getByRole('radio', { name: '30d' }).click();
    await page.getByLabel('Compare with previous period').click();
    await expect(page).toHaveURL(/compare=1/);
    await page.reload();
    await expect(page.getByRole('radio', { name: '30d' })).toBeChecked();
    await expect(page.getByLabel('Compare with previous period')).toBeChecked();
  });

  test('the search box follows the address', async ({ page }) => {
    const accounts = accountsPage(page);
    await page.goto(`${app.url}/admin/accounts?q=maria`);
    await accounts.chip('Healthy').click();
    await accounts.searchBox.fill('nobody');
    await expect(page.getByText('No accounts match these filters')).toBeVisible();
    await page.goBack();
    await expect(accounts.searchBox).toHaveValue('maria');
    await expect(accounts.row('maria@example.com')).toBeVisible();
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Accounts' }).click();
    await expect(accounts.searchBox).toHaveValue('');
  });

  test('rows of another filter are never passed off as the answer', async ({ page }) => {
    const accounts = accountsPage(page);
    await consolePage(page).goTo('Accounts');
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    await page.route('**/api/v1/admin/accounts?*', async (route) => {
      await held;
      await route.fulfill({ status: 503, body: '<html>' });
    });
    await accounts.searchBox.fill('nobody');
    await expect(page.getByText('Loading', { exact: true })).toBeVisible();
    release();
    await expect(page.getByRole('alert').filter({ hasText: 'The gateway failed on this.' })).toBeVisible();
    await expect(page.getByRole('table', { name: 'Accounts' })).toBeHidden();
    await page.unroute('**/api/v1/admin/accounts?*');
    await page.getByRole('button', { name: 'Try again' }).click();
    await expect(page.getByText('No accounts match these filters')).toBeVisible();
  });

  test('an answer of another version asks for a reload', async ({ page }) => {
    await page.route('**/api/v1/admin/overview?*', (route) => route.fulfill({ json: { other: true } }));
    await expect(page.getByRole('status').filter({ hasText: 'Reload the page.' })).toBeVisible({
      timeout: 15_000,
    });
  });

  test('when the sign-in has ended, asking stops until one has signed in again in place', async ({
    page,
  }) => {
    let asked = 0;
    page.on('request', (request) => {
      if (request.url().includes('/api/v1/admin/accounts')) asked += 1;
    });
    await page.clock.install();
    await page.goto(`${app.url}/admin/accounts`);
    await expect(accountsPage(page).row('maria@example.com')).toBeVisible();
    await expect(page.getByText(/^Updated/)).toBeVisible(); // from here on it asks by the clock
    await page.context().clearCookies();
    await page.clock.fastForward(16_000);
    const again = page.getByRole('button', { name: 'Sign in again' });
    await expect(again).toBeVisible();
    expect(asked).toBe(1);
    await page.clock.fastForward(120_000);
    await page.evaluate(() => fetch('/health').then((answer) => answer.text()));
    expect(asked).toBe(1);
    await again.click();
    await loginPage(page).signIn(administrator);
    await expect(again).toBeHidden();
    await expect(accountsPage(page).row('maria@example.com')).toBeVisible();
    expect(asked).toBeGreaterThan(1);
  });

  test('a failed sign-out is told', async ({ page }) => {
    await page.route('**/api/v1/admin/session', (route) => route.fulfill({ status: 502, body: 'x' }));
    await consolePage(page).signOut();
    await expect(page.getByText('You are still signed in.')).toBeVisible();
    await expect(page).toHaveURL(`${app.url}/admin`);
  });

  test('the dialog keeps the focus and what was typed where one needs it', async ({ page }) => {
    const accounts = accountsPage(page);
    const { dialog, token } = accounts;
    await consolePage(page).goTo('Accounts');
    await accounts.openDialog();
    await expect(token).toBeFocused();

    await accounts.check('hello');
    await expect(token).toBeFocused();
    await expect(dialog.getByRole('alert').filter({ hasText: 'does not look like' })).toBeVisible();
    await accounts.check(`eyJ${'dead'.repeat(20)}`);
    await expect(dialog.getByText('Google does not accept')).toHaveCount(1);
    await expect(token).toBeFocused();
    await token.press('End');
    await token.pressSequentially('x');
    await expect(dialog.getByText('Google does not accept')).toHaveCount(0);

    const sessionToken = upstreamAccount('eva@example.com');
    await accounts.check(sessionToken);
    await expect(dialog.getByLabel('Remark')).toBeFocused();
    await dialog.getByRole('button', { name: 'Back' }).click();
    await expect(token).toHaveValue(sessionToken);
    await expect(token).toBeFocused();
    await dialog.getByRole('button', { name: 'Check' }).click();
    await dialog.getByText('Step 2 of 2').waitFor();

    await page.request.post(`${app.url}/api/v1/admin/accounts`, {
      headers: { origin: app.url },
      data: { session_token: sessionToken },
    });
    await dialog.getByRole('button', { name: 'Save', exact: true }).click();
    await expect(dialog.getByText('eva@example.com is already added.')).toHaveCount(1);
    await dialog.getByRole('link', { name: 'Open it' }).click();
    await expect(dialog).toBeHidden();
    await expect(page).toHaveURL(/\/admin\/accounts\?account=\w+$/);
    await expect(accounts.drawer('eva@example.com')).toBeVisible();
  });

  test('Escape does not hide what is being saved, and the overview knows the account at once', async ({
    page,
  }) => {
    const accounts = accountsPage(page);
    await consolePage(page).goTo('Accounts');
    await accounts.openDialog();
    await accounts.check(upstreamAccount('zoe@example.com'));
    await accounts.dialog.getByText('Step 2 of 2').waitFor();
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    await page.route('**/api/v1/admin/accounts', async (route) => {
      await held;
      await route.continue();
    });
    await accounts.dialog.getByRole('button', { name: 'Save', exact: true }).click();
    await page.keyboard.press('Escape');
    await expect(accounts.dialog).toBeVisible();
    release();
    await expect(accounts.dialog).toBeHidden();
    // Only what the page itself brings is there.
    await page.route('**/api/v1/admin/overview**', (route) => route.abort());
    await consolePage(page).goTo('Overview');
    await overviewPage(page).showTable('Credits left per account');
    await expect(page.getByRole('table', { name: 'Credits left per account' })).toContainText(
      'zoe@example.com',
    );
  });
});
