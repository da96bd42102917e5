import { checkConnectionToken, listForPlugin } from '@/lib/accounts/plugin';
import { preflight } from '@/lib/route/cors';
import { openRoute } from '@/lib/route/gateway-route';
import { clientAddress } from '@/lib/route/public-origin';
import { readJson } from '@/lib/route/read-json';
import { encodeSeedError } from '@/lib/seed-api/error';
import {
  checkTokensRequest,
  encodePluginAccounts,
  findConnectionToken,
  requireCompatibility,
} from '@/lib/seed-api/plugin';

const limits = { maxBytes: 1024 * 1024, idleMs: 15_000 };

export const POST = openRoute(encodeSeedError, async ({ runtime, request, requestId }) => {
  requireCompatibility(runtime);
  const address = clientAddress(runtime, request);
  await checkConnectionToken(runtime, { presented: findConnectionToken(request), address });
  const { emails } = await readJson(request, checkTokensRequest, limits);
  const actor = { requestId, ...(address === undefined ? {} : { address }) };
  return Response.json(encodePluginAccounts(await listForPlugin(runtime, emails ?? undefined, actor)));
});

export const OPTIONS = preflight;
