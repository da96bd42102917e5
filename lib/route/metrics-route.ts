import { GatewayError } from '../errors';
import { type EncodeError, openRoute } from './gateway-route';
import { isInsider } from './insider';

/** The metrics, for who has an API key or is signed in, or for everybody where the setting says so. */
export const metricsRoute = (encodeError: EncodeError) =>
  openRoute(
    encodeError,
    async ({ runtime, request }) => {
      const isPublic = runtime.settings.current()['metrics.public'];
      if (!isPublic && !(await isInsider(runtime, request))) {
        const message = 'Send an API key as Authorization: Bearer <key>, or sign in.';
        throw new GatewayError('invalid_api_key', message);
      }
      const { contentType, text } = await runtime.metrics.render(runtime);
      return new Response(text, { headers: { 'content-type': contentType, 'cache-control': 'no-store' } });
    },
    { isLogged: false },
  );
