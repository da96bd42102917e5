import { cookies, headers } from 'next/headers';
import { redirect } from 'next/navigation';
import type { AuthOptions } from 'next-auth';
import Credentials from 'next-auth/providers/credentials';
import { clientAddress, isHttps } from '../route/public-origin';
import { getRuntime, type Runtime } from '../runtime';
import { parseLocalPath, pathHeader } from './local-path';
import { sessionCookieName, sessionCookieOptions } from './session-cookie';
import {
  type AdminSession,
  readSession,
  readSessionById,
  sessionIdOf,
  sessionLifetimeSeconds,
} from './session-value';
import { signIn, signOut } from './sign-in';

const helperCookie = (name: string, options: object) => ({ name: `flow2api.${name}`, options });

/**
 * next-auth for one request. Everything is said here and nothing is left to variables or guesses: the secret, the names
 * of the cookies, and whether they are `Secure`. The token holds the id of a session row, which is asked every time.
 */
export function authOptions(
  runtime: Runtime,
  requestHeaders: Headers,
  /** Told when a sign-in has to wait: next-auth itself knows only yes and no. */
  onThrottled: (retryAfterSeconds: number) => void,
): AuthOptions {
  const { secrets, log } = runtime;
  const cookie = sessionCookieOptions({ isHttps: isHttps(runtime, { headers: requestHeaders }) });
  return {
    secret: secrets.sessionSecret,
    session: { strategy: 'jwt', maxAge: sessionLifetimeSeconds(runtime) },
    pages: { signIn: '/admin/login', error: '/admin/login' },
    useSecureCookies: false,
    cookies: {
      sessionToken: { name: sessionCookieName, options: cookie },
      csrfToken: helperCookie('csrf', cookie),
      callbackUrl: helperCookie('callback', cookie),
    },
    logger: {
      error: (code) => log.warn({ code }, 'next-auth refused a request'),
      warn: () => {},
      debug: () => {},
    },
    providers: [
      Credentials({
        credentials: { username: { type: 'text' }, password: { type: 'password' } },
        async authorize(given) {
          const input = { username: given?.username ?? '', password: given?.password ?? '' };
          const address = clientAddress(runtime, { headers: requestHeaders });
          const userAgent = requestHeaders.get('user-agent');
          const result = await signIn(runtime, { ...input, address, userAgent });
          if (result.outcome === 'throttled') onThrottled(result.retryAfterSeconds);
          if (result.outcome !== 'signed_in') return null;
          return { id: result.session.id, name: result.session.username };
        },
      }),
    ],
    callbacks: {
      // Whatever else next-auth would put into the token stays out of it. Throwing ends the session.
      async jwt({ token, user }) {
        const sid = user?.id ?? sessionIdOf(token);
        if (sid === undefined || (await readSessionById(runtime, sid)) === undefined) {
          throw new Error('this session has ended');
        }
        return { sid };
      },
      async session({ session, token }) {
        const found = await readSessionById(runtime, sessionIdOf(token) ?? '');
        return {
          user: { name: found?.username ?? null },
          expires: found?.expiresAt.toISOString() ?? session.expires,
        };
      },
      // Only paths of our own: next-auth does not know under which address it is visited.
      redirect: ({ url }) => parseLocalPath(url),
    },
    events: {
      async signOut({ token }) {
        const sid = sessionIdOf(token);
        const session = sid === undefined ? undefined : await readSessionById(runtime, sid);
        if (session === undefined) return;
        await signOut(runtime, session, clientAddress(runtime, { headers: requestHeaders }));
      },
    },
  };
}

/** The sign-in of whoever asks for this page; `undefined` without one. */
export async function findAdminSession(): Promise<AdminSession | undefined> {
  const value = (await cookies()).get(sessionCookieName)?.value;
  return value === undefined ? undefined : await readSession(await getRuntime(), value);
}

/**
 * The sign-in of whoever asks for this page. Without one, and before a password that has to be changed is changed, it
 * goes to the sign-in page and comes back afterwards.
 */
export async function requireSession(): Promise<AdminSession> {
  const session = await findAdminSession();
  if (session !== undefined && !session.mustChangePassword) return session;
  const path = parseLocalPath((await headers()).get(pathHeader));
  redirect(path === '/admin' ? '/admin/login' : `/admin/login?next=${encodeURIComponent(path)}`);
}
