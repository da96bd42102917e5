import { viewAccount } from '@/lib/accounts/list';
import { replaceSessionToken } from '@/lib/accounts/refresh';
import * as contract from '@/lib/admin-api/accounts';
import { adminRoute } from '@/lib/route/admin-route';

export const POST = adminRoute(
  contract.replaceSessionToken,
  async (runtime, { params, body, actor, signal }) => {
    const target = { id: params.id, actor, sessionToken: body.session_token };
    return viewAccount(runtime, await replaceSessionToken(runtime, target, signal));
  },
);
