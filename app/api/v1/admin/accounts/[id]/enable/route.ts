import { enableAccount } from '@/lib/accounts/edit';
import { viewAccount } from '@/lib/accounts/list';
import * as contract from '@/lib/admin-api/accounts';
import { adminRoute, refuseMethod } from '@/lib/route/admin-route';

export const POST = adminRoute(contract.enableAccount, async (runtime, { params, actor }) =>
  viewAccount(runtime, await enableAccount(runtime, { id: params.id, actor })),
);

const refuse = refuseMethod('POST');

export { refuse as DELETE, refuse as GET, refuse as PATCH, refuse as PUT };
