import { type NextRequest, NextResponse } from 'next/server';
import { sessionCookieName } from './lib/auth/session-cookie';

/**
 * Sends a visitor without a session cookie to the sign-in page, and tells pages their own path. It guards nothing: every
 * page and every endpoint looks the session up by itself.
 */
export function proxy(request: NextRequest): NextResponse {
  const { pathname, search } = request.nextUrl;
  const isSignIn = pathname === '/admin/login';
  if (isSignIn || request.cookies.has(sessionCookieName)) {
    const headers = new Headers(request.headers);
    headers.set('x-flow2api-path', `${pathname}${search}`);
    return NextResponse.next({ request: { headers } });
  }
  const target = new URL('/admin/login', publicOrigin(request));
  const path = `${pathname}${search}`;
  if (path !== '/admin') target.searchParams.set('next', path);
  return NextResponse.redirect(target, 307);
}

/** The origin that the visitor sees: `request.url` holds the one of this process. */
function publicOrigin({ headers, nextUrl }: NextRequest): string {
  const first = (name: string) => headers.get(name)?.split(',')[0]?.trim();
  const host = first('x-forwarded-host') ?? headers.get('host') ?? nextUrl.host;
  const origin = `${first('x-forwarded-proto') ?? 'http'}://${host}`;
  return URL.canParse(origin) ? origin : nextUrl.origin;
}

// Pages of the console only. Anything below /v1 would cost more per request, and have its body cut at 10 MB.
export const config = { matcher: ['/admin', '/admin/:path*'] };
