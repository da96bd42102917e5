/**
 * One name for the session cookie whatever the scheme. next-auth would add `__Secure-` behind https, and whoever looks
 * for the plain name then finds no session: a loop back to the sign-in page.
 */
export const sessionCookieName = 'flow2api.session';

/** Attributes of the session cookie. `Secure` follows the request: a LAN without https must be able to sign in. */
export const sessionCookieOptions = (headers: Headers) => ({
  httpOnly: true,
  sameSite: 'lax' as const,
  path: '/',
  secure: isHttps(headers),
});

/** Whether the visitor came by https. Next fills `X-Forwarded-Proto` from the socket where no proxy did. */
export const isHttps = (headers: Headers): boolean =>
  headers.get('x-forwarded-proto')?.split(',')[0]?.trim() === 'https';

/** The value of one cookie of a `Cookie` header, as it stands there. */
export function findCookie(header: string | null, name: string): string | undefined {
  for (const pair of header?.split(';') ?? []) {
    const [key, ...value] = pair.split('=');
    if (key?.trim() === name) return value.join('=').trim();
  }
  return undefined;
}
