import { checkConnectionToken, updateByPlugin } from '@/lib/accounts/plugin';
import { preflight } from '@/lib/route/cors';
import { openRoute } from '@/lib/route/gateway-route';
import { clientAddress } from '@/lib/route/public-origin';
import { readJson } from '@/lib/route/read-json';
import { encodeSeedError } from '@/lib/seed-api/error';
import {
  encodePluginUpdate,
  findConnectionToken,
  requireCompatibility,
  updateTokenRequest,
} from '@/lib/seed-api/plugin';

const limits = { maxBytes: 1024 * 1024, idleMs: 15_000 };

export const POST = openRoute(encodeSeedError, async ({ runtime, request, requestId }) => {
  requireCompatibility(runtime);
  const address = clientAddress(runtime, request);
  await checkConnectionToken(runtime, { presented: findConnectionToken(request), address });
  const body = await readJson(request, updateTokenRequest, limits);
  const actor = { requestId, ...(address === undefined ? {} : { address }) };
  const email = body.email || body.login_account || undefined;
  const input = { sessionToken: body.session_token ?? '', email, actor };
  return Response.json(encodePluginUpdate(await updateByPlugin(runtime, input, request.signal)));
});

export const OPTIONS = preflight;
