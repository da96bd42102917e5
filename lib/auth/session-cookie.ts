/**
 * One name for the session cookie whatever the scheme. next-auth would add `__Secure-` behind https, and whoever looks
 * for the plain name then finds no session: a loop back to the sign-in page.
 */
export const sessionCookieName = 'flow2api.session';

/** Attributes of the session cookie. `Secure` follows the visit: a LAN without https must be able to sign in. */
export const sessionCookieOptions = (visit: { isHttps: boolean }) => ({
  httpOnly: true,
  sameSite: 'lax' as const,
  path: '/',
  secure: visit.isHttps,
});

/** A `Set-Cookie` line that gives the browser the session cookie, or takes it away with an empty value. */
export function sessionCookieLine(
  value: string,
  visit: { isHttps: boolean; lifetimeSeconds: number },
): string {
  const maxAge = value === '' ? 0 : visit.lifetimeSeconds;
  const secure = visit.isHttps ? '; Secure' : '';
  return `${sessionCookieName}=${value}; Path=/; Max-Age=${maxAge}; HttpOnly; SameSite=Lax${secure}`;
}

/** The value of one cookie of a `Cookie` header, as it stands there. */
export function findCookie(header: string | null, name: string): string | undefined {
  for (const pair of header?.split(';') ?? []) {
    const [key, ...value] = pair.split('=');
    if (key?.trim() === name) return value.join('=').trim();
  }
  return undefined;
}
