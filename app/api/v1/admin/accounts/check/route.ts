import { checkAccount } from '@/lib/accounts/add';
import * as contract from '@/lib/admin-api/accounts';
import { adminRoute } from '@/lib/route/admin-route';

export const POST = adminRoute(contract.checkAccount, (runtime, { body, signal }) =>
  checkAccount(runtime, body, signal),
);
