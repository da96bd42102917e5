import { expect, type Page } from '@playwright/test';

/** What all pages behind the sign-in share. */
export function consolePage(page: Page) {
  const heading = (name: string) => page.getByRole('heading', { level: 1, name, exact: true });
  /** The page is there, and its scripts listen: before that a click would do nothing. */
  const ready = async (name: string) => {
    await heading(name).waitFor();
    await expect(page.locator('header').getByText(/^Updated/)).toBeAttached();
  };
  const openMenu = async () => {
    // On a busy machine the button may be seen before its script listens.
    await expect(async () => {
      if (await page.getByRole('menu').isVisible()) return;
      await page.getByRole('button', { name: /^Menu of / }).click();
      await expect(page.getByRole('menu')).toBeVisible({ timeout: 2_000 });
    }).toPass();
  };
  return {
    heading,
    ready,
    async goTo(item: 'Overview' | 'Accounts' | 'Usage') {
      await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: item }).click();
      await ready(item);
    },
    async chooseTheme(theme: 'Light' | 'Dark' | 'System') {
      await openMenu();
      await page.getByRole('menuitemradio', { name: theme }).click();
      await page.keyboard.press('Escape');
    },
    async signOut() {
      await openMenu();
      await page.getByRole('menuitem', { name: 'Sign out' }).click();
    },
  };
}
