import type { Metadata, Viewport } from 'next';
import { cookies } from 'next/headers';
import type * as React from 'react';
import { parseTheme, themeCookieName } from '@/components/shell/theme';
import { htmlLanguage } from '@/lib/messages/languages';
import { readLanguage } from '@/lib/messages/page-text';
import './globals.css';

export const metadata: Metadata = {
  title: { default: 'Flow2API', template: '%s · Flow2API' },
  description: 'Image and video generation by Google’s models for any OpenAI-compatible client.',
  robots: { index: false, follow: false },
  // Addresses of the console may name accounts and requests.
  referrer: 'same-origin',
};

export const viewport: Viewport = { width: 'device-width', initialScale: 1 };

export default async function RootLayout({ children }: { children: React.ReactNode }) {
  const theme = parseTheme((await cookies()).get(themeCookieName)?.value);
  const language = await readLanguage();
  return (
    // The theme menu changes the attribute in the browser.
    <html lang={htmlLanguage[language]} data-theme={theme} suppressHydrationWarning>
      <body className="min-h-dvh antialiased">{children}</body>
    </html>
  );
}
