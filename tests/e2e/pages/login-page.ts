import type { Page } from '@playwright/test';

/** The sign-in page, also in its first-run form. */
export function loginPage(page: Page) {
  const fillPassword = (password: string) => page.getByLabel('Password', { exact: true }).fill(password);
  return {
    async createAdministrator(input: { code: string; username: string; password: string; repeat?: string }) {
      await page.getByLabel('Setup code').fill(input.code);
      await page.getByLabel('Username').fill(input.username);
      await fillPassword(input.password);
      await page.getByLabel('Repeat password').fill(input.repeat ?? input.password);
      await page.getByRole('button', { name: 'Create administrator' }).click();
    },
    async signIn(input: { username: string; password: string }) {
      await page.getByLabel('Username').fill(input.username);
      await fillPassword(input.password);
      await page.getByRole('button', { name: 'Sign in' }).click();
    },
  };
}
