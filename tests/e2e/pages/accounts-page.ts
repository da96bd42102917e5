import type { Page } from '@playwright/test';

/** The accounts page and its “Add account” dialog. */
export function accountsPage(page: Page) {
  const dialog = page.getByRole('dialog', { name: 'Add account' });
  return {
    dialog,
    searchBox: page.getByRole('searchbox', { name: 'Search accounts' }),
    token: dialog.getByLabel('Session token'),
    row: (email: string) =>
      page.getByRole('table', { name: 'Accounts' }).getByRole('row').filter({ hasText: email }),
    async openDialog() {
      await page.getByRole('button', { name: 'Add account' }).click();
      await dialog.waitFor();
    },
    async check(sessionToken: string) {
      await dialog.getByLabel('Session token').fill(sessionToken);
      await dialog.getByRole('button', { name: 'Check' }).click();
    },
    async save(details: { remark?: string; imagesAtATime?: string } = {}) {
      await dialog.getByLabel('Remark').fill(details.remark ?? '');
      await dialog.getByLabel('Images at a time').fill(details.imagesAtATime ?? '');
      await dialog.getByRole('button', { name: 'Save' }).click();
    },
  };
}
