import type { Page } from '@playwright/test';

/** Notes what must never happen on any page: errors in the console, and requests to anybody else. */
export function watchPage(page: Page, origin: string): { problems: string[] } {
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(`error: ${error.message}`));
  page.on('console', (message) => {
    const text = message.text();
    // The browser itself reports every answer of 400 and above; a refused token is one.
    const isAnswer = text.startsWith('Failed to load resource: the server responded with a status of 4');
    if (message.type() === 'error' && !isAnswer) problems.push(`console: ${text}`);
  });
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (/^https?:$/.test(url.protocol) && url.origin !== origin) problems.push(`third party: ${url.origin}`);
  });
  return { problems };
}
