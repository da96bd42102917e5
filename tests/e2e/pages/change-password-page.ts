import type { Page } from '@playwright/test';

/** The form that stands before the console while the password has to be changed. */
export function changePasswordPage(page: Page) {
  const newPassword = page.getByLabel('New password', { exact: true });
  return {
    heading: page.getByRole('heading', { name: 'Change password' }),
    newPassword,
    async fill(input: { current: string; chosen: string; repeat?: string }) {
      await page.getByLabel('Current password').fill(input.current);
      await newPassword.fill(input.chosen);
      await page.getByLabel('Repeat password').fill(input.repeat ?? input.chosen);
      await page.getByRole('button', { name: 'Change password' }).click();
    },
  };
}
