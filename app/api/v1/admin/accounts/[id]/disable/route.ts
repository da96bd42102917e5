import { disableAccount } from '@/lib/accounts/edit';
import { viewAccount } from '@/lib/accounts/list';
import * as contract from '@/lib/admin-api/accounts';
import { adminRoute } from '@/lib/route/admin-route';

export const POST = adminRoute(contract.disableAccount, async (runtime, { params, actor }) =>
  viewAccount(runtime, await disableAccount(runtime, { id: params.id, actor })),
);
