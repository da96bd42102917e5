import { viewAccount } from '@/lib/accounts/list';
import { replaceSessionToken } from '@/lib/accounts/refresh';
import * as contract from '@/lib/admin-api/accounts';
import { adminRoute, refuseMethod } from '@/lib/route/admin-route';

export const POST = adminRoute(
  contract.replaceSessionToken,
  async (runtime, { params, body, actor, signal }) => {
    const target = { id: params.id, actor, sessionToken: body.session_token };
    return viewAccount(runtime, await replaceSessionToken(runtime, target, signal));
  },
);

const refuse = refuseMethod('POST');

export { refuse as DELETE, refuse as GET, refuse as PATCH, refuse as PUT };
