import { GatewayError } from '../errors';
import { refusals } from '../lifecycle';
import { type EncodeError, openRoute } from './gateway-route';

/** Answers 404 in the shape of the surface, for addresses that nothing else answers. */
export const unknownUrl = (encodeError: EncodeError) =>
  openRoute(encodeError, ({ request }) => {
    const { pathname } = new URL(request.url);
    throw findRefusal(pathname) ?? unknown(request.method, pathname);
  });

const unknown = (method: string, pathname: string) =>
  new GatewayError(
    'not_found',
    `There is nothing at ${method} ${pathname.slice(0, 200)}. See GET /v1/models for what can be made here.`,
    { wireCode: 'unknown_url' },
  );

/** Whether a request was sent here because nothing else could take it. */
export const isRefusal = (pathname: string): boolean => findRefusal(pathname) !== undefined;

/** What is wrong with such a request. */
function findRefusal(pathname: string): GatewayError | undefined {
  if (pathname === refusals.path || pathname === refusals.geminiPath) {
    return new GatewayError(
      'invalid_request',
      'The address holds a "%" that begins no escape of UTF-8 text; write a plain "%" as "%25".',
      { wireCode: 'invalid_url' },
    );
  }
  if (!pathname.startsWith(refusals.method)) return undefined;
  const method = pathname.slice(refusals.method.length).slice(0, 40);
  return new GatewayError('method_not_allowed', `Nothing here takes ${method}.`);
}

/** Answers 405 in the shape of the surface, and names the methods that this address takes. */
export const methodNotAllowed = (encodeError: EncodeError, ...allowed: readonly string[]) => {
  const allow = [...allowed, 'OPTIONS'].join(', ');
  return openRoute(
    encodeError,
    ({ request }) => {
      throw new GatewayError('method_not_allowed', `This address takes ${allow}, not ${request.method}.`);
    },
    { headers: { allow } },
  );
};
