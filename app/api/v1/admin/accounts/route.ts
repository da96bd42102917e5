import { addAccount } from '@/lib/accounts/add';
import { listAccountViews, toAccountView } from '@/lib/accounts/list';
import * as contract from '@/lib/admin-api/accounts';
import { adminRoute, refuseMethod } from '@/lib/route/admin-route';

export const GET = adminRoute(contract.listAccounts, (runtime, { query }) =>
  listAccountViews(runtime, query),
);

export const POST = adminRoute(contract.addAccount, async (runtime, { body, signal }) =>
  toAccountView(await addAccount(runtime, body, signal), undefined, runtime.now()),
);

const refuse = refuseMethod('GET', 'POST');

export { refuse as DELETE, refuse as PATCH, refuse as PUT };
