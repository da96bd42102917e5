import type { Page } from '@playwright/test';

/** The overview and its charts. */
export function overviewPage(page: Page) {
  const figure = (title: string) => page.getByRole('figure', { name: title });
  return {
    figure,
    points: (title: string) => page.getByRole('slider', { name: `Points of ${title}` }),
    legend: (title: string, name: string) => figure(title).getByRole('button', { name, exact: true }),
    showTable: (title: string) => page.getByRole('button', { name: `View as table: ${title}` }).click(),
  };
}
