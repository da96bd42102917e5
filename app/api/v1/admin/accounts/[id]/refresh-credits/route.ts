import { viewAccount } from '@/lib/accounts/list';
import { refreshAccountCredits } from '@/lib/accounts/refresh';
import * as contract from '@/lib/admin-api/accounts';
import { adminRoute, refuseMethod } from '@/lib/route/admin-route';

export const POST = adminRoute(contract.refreshAccountCredits, async (runtime, { params, actor, signal }) =>
  viewAccount(runtime, await refreshAccountCredits(runtime, { id: params.id, actor }, signal)),
);

const refuse = refuseMethod('POST');

export { refuse as DELETE, refuse as GET, refuse as PATCH, refuse as PUT };
