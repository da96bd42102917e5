import { GatewayError } from '../errors';
import { type EncodeError, openRoute } from './gateway-route';

/** Answers 404 in the shape of the surface, for addresses that nothing else answers. */
export const unknownUrl = (encodeError: EncodeError) =>
  openRoute(encodeError, ({ request }) => {
    const { pathname } = new URL(request.url);
    throw new GatewayError(
      'not_found',
      `There is nothing at ${request.method} ${pathname.slice(0, 200)}. See GET /v1/models for what can be made here.`,
      { wireCode: 'unknown_url' },
    );
  });

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
