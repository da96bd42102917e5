import { GatewayError } from '../errors';
import { type EncodeError, openRoute } from './gateway-route';
import { findInsider } from './insider';

/**
 * The metrics: all of them for who is signed in, and for everybody where the setting says so; for an API key those that
 * tell nothing of a single account.
 */
export const metricsRoute = (encodeError: EncodeError) =>
  openRoute(
    encodeError,
    async ({ runtime, request }) => {
      const isPublic = runtime.settings.current()['metrics.public'];
      const insider = isPublic ? undefined : await findInsider(runtime, request);
      if (!isPublic && insider === undefined) {
        const message = 'Send an API key as Authorization: Bearer <key>, or sign in.';
        throw new GatewayError('invalid_api_key', message);
      }
      const { contentType, text } = await runtime.metrics.render(runtime, {
        withAccounts: isPublic || insider === 'administrator',
      });
      return new Response(text, { headers: { 'content-type': contentType, 'cache-control': 'no-store' } });
    },
    { isLogged: false },
  );
