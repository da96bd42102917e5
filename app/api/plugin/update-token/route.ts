import { checkConnectionToken, updateByPlugin } from '@/lib/accounts/plugin';
import { preflight } from '@/lib/route/cors';
import { openRoute } from '@/lib/route/gateway-route';
import { clientAddress } from '@/lib/route/public-origin';
import { readJson } from '@/lib/route/read-json';
import {
  encodePluginError,
  encodePluginUpdate,
  findConnectionToken,
  updateTokenRequest,
} from '@/lib/seed-api/plugin';

const limits = { maxBytes: 1024 * 1024, idleMs: 15_000 };

export const POST = openRoute(encodePluginError, async ({ runtime, request, requestId }) => {
  checkConnectionToken(runtime, findConnectionToken(request));
  const body = await readJson(request, updateTokenRequest, limits);
  const address = clientAddress(runtime, request);
  const actor = { requestId, ...(address === undefined ? {} : { address }) };
  const input = { sessionToken: body.session_token ?? '', actor };
  return Response.json(encodePluginUpdate(await updateByPlugin(runtime, input, request.signal)));
});

export const OPTIONS = preflight;
