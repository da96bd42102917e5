import { checkAccount } from '@/lib/accounts/add';
import * as contract from '@/lib/admin-api/accounts';
import { adminRoute, refuseMethod } from '@/lib/route/admin-route';

export const POST = adminRoute(contract.checkAccount, (runtime, { body, signal }) =>
  checkAccount(runtime, body, signal),
);

const refuse = refuseMethod('POST');

export { refuse as DELETE, refuse as GET, refuse as PATCH, refuse as PUT };
