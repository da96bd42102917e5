import { viewAccount } from '@/lib/accounts/list';
import { refreshAccountAccess } from '@/lib/accounts/refresh';
import * as contract from '@/lib/admin-api/accounts';
import { adminRoute } from '@/lib/route/admin-route';

export const POST = adminRoute(contract.refreshAccountAccess, async (runtime, { params, actor, signal }) =>
  viewAccount(runtime, await refreshAccountAccess(runtime, { id: params.id, actor }, signal)),
);
