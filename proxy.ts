import { type NextRequest, NextResponse } from 'next/server';
import { pathHeader } from './lib/auth/local-path';
import { sessionCookieName } from './lib/auth/session-cookie';

/**
 * Sends a visitor without a session cookie to the sign-in page, tells pages their own path, and tells browsers what the
 * console's pages may load. It guards nothing: every page and every endpoint looks the session up by itself.
 */
export function proxy(request: NextRequest): NextResponse {
  const path = `${request.nextUrl.pathname}${request.nextUrl.search}`;
  const isSignIn = request.nextUrl.pathname === '/admin/login';
  if (isSignIn || request.cookies.has(sessionCookieName)) return pass(request, path);
  // On the origin of this process, which Next leaves out of the answer: the visitor stays where it came, by any proxy.
  const target = new URL('/admin/login', request.nextUrl.origin);
  if (path !== '/admin') target.searchParams.set('next', path);
  return NextResponse.redirect(target, 307);
}

/** Next reads the nonce out of the policy in the request's headers and gives it to the scripts it writes. */
function pass(request: NextRequest, path: string): NextResponse {
  const policy = contentPolicy(Buffer.from(crypto.randomUUID()).toString('base64'));
  const headers = new Headers(request.headers);
  headers.set(pathHeader, path);
  headers.set('content-security-policy', policy);
  const response = NextResponse.next({ request: { headers } });
  response.headers.set('content-security-policy', policy);
  response.headers.set('referrer-policy', 'same-origin');
  response.headers.set('x-content-type-options', 'nosniff');
  return response;
}

/** Nothing from elsewhere, and no other site may show the console in a frame. */
function contentPolicy(nonce: string): string {
  // biome-ignore lint/style/noProcessEnv: written into the code at build time; React's development build needs eval
  const development = process.env.NODE_ENV === 'development' ? " 'unsafe-eval'" : '';
  return [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${development}`,
    // Positions of menus and the styles of toasts are set by script.
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "media-src 'self' blob:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');
}

// Pages of the console only. Anything below /v1 would cost more per request, and have its body cut at 10 MB.
export const config = { matcher: ['/admin', '/admin/:path*'] };
