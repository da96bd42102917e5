import { unblockAccount } from '@/lib/accounts/edit';
import { viewAccount } from '@/lib/accounts/list';
import * as contract from '@/lib/admin-api/accounts';
import { adminRoute, refuseMethod } from '@/lib/route/admin-route';

export const POST = adminRoute(contract.unblockAccount, async (runtime, { params, body, actor }) =>
  viewAccount(runtime, await unblockAccount(runtime, { id: params.id, actor, scope: body.scope })),
);

const refuse = refuseMethod('POST');

export { refuse as DELETE, refuse as GET, refuse as PATCH, refuse as PUT };
