import { checkConnectionToken, listForPlugin } from '@/lib/accounts/plugin';
import { preflight } from '@/lib/route/cors';
import { openRoute } from '@/lib/route/gateway-route';
import { readJson } from '@/lib/route/read-json';
import {
  checkTokensRequest,
  encodePluginAccounts,
  encodePluginError,
  findConnectionToken,
} from '@/lib/seed-api/plugin';

const limits = { maxBytes: 1024 * 1024, idleMs: 15_000 };

export const POST = openRoute(encodePluginError, async ({ runtime, request }) => {
  checkConnectionToken(runtime, findConnectionToken(request));
  const { emails } = await readJson(request, checkTokensRequest, limits);
  return Response.json(encodePluginAccounts(await listForPlugin(runtime, emails ?? undefined)));
});

export const OPTIONS = preflight;
