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
    /** One of the toggle buttons of health, by the word of the state. */
    chip: (state: string) =>
      page.getByRole('group', { name: 'Health', exact: true }).getByRole('button', { name: state }),
    /** The details of an account beside the list. */
    drawer: (email: string) => page.getByRole('dialog', { name: email }),
    openDrawer: (email: string) => page.getByRole('link', { name: email, exact: true }).click(),
    async choose(email: string, action: string) {
      await page.getByRole('button', { name: `Actions for ${email}` }).click();
      await page.getByRole('menuitem', { name: action, exact: true }).click();
    },
    select: (email: string) => page.getByRole('checkbox', { name: `Select ${email}` }).click(),
    bulk: (action: string) =>
      page.getByRole('toolbar').getByRole('button', { name: action, exact: true }).click(),
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
      await dialog.getByRole('button', { name: 'Save', exact: true }).click();
    },
  };
}
