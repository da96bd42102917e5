import { viewAccount } from '@/lib/accounts/list';
import { refreshAccountCredits } from '@/lib/accounts/refresh';
import * as contract from '@/lib/admin-api/accounts';
import { adminRoute } from '@/lib/route/admin-route';

export const POST = adminRoute(contract.refreshAccountCredits, async (runtime, { params, actor, signal }) =>
  viewAccount(runtime, await refreshAccountCredits(runtime, { id: params.id, actor }, signal)),
);
