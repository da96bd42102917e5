import { expect, type Page } from '@playwright/test';

/** What all pages behind the sign-in share. */
export function consolePage(page: Page) {
  const heading = (name: string) => page.getByRole('heading', { level: 1, name, exact: true });
  return {
    heading,
    async goTo(item: 'Overview' | 'Accounts') {
      await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: item }).click();
      await heading(item).waitFor();
    },
    async chooseTheme(theme: 'Light' | 'Dark' | 'System') {
      const item = page.getByRole('menuitemradio', { name: theme });
      // On a busy machine the button may be seen before its script listens.
      await expect(async () => {
        if (!(await item.isVisible())) await page.getByRole('button', { name: 'Theme' }).click();
        await item.click({ timeout: 2_000 });
      }).toPass();
    },
    signOut: () => page.getByRole('button', { name: 'Sign out' }).click(),
  };
}
