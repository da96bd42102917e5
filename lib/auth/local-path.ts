/** Request header in which `proxy.ts` tells a page its own path. */
export const pathHeader = 'x-flow2api-path';

const base = 'http://localhost';

/**
 * A path of this console to go to after sign-in, or `fallback` when the text is anything else: another site, a
 * protocol-relative address (`//evil`, `/\evil`), or a path outside `/admin`.
 */
export function parseLocalPath(text: string | null | undefined, fallback = '/admin'): string {
  if (text === null || text === undefined || !/^\/(?![/\\])/.test(text) || !URL.canParse(text, base))
    return fallback;
  // Browsers drop tabs and line breaks inside an address, so what counts is what is left after parsing.
  const { origin, pathname, search } = new URL(text, base);
  const isConsole = pathname === '/admin' || pathname.startsWith('/admin/');
  const isSignIn = pathname === '/admin/login' || pathname.startsWith('/admin/login/');
  return origin === base && isConsole && !isSignIn ? `${pathname}${search}` : fallback;
}
