import { addAccount } from '@/lib/accounts/add';
import { listAccountViews, viewAccount } from '@/lib/accounts/list';
import * as contract from '@/lib/admin-api/accounts';
import { writeAudit } from '@/lib/audit';
import { adminRoute, refuseMethod } from '@/lib/route/admin-route';

export const GET = adminRoute(contract.listAccounts, (runtime, { query }) =>
  listAccountViews(runtime, query),
);

export const POST = adminRoute(contract.addAccount, async (runtime, { body, actor, signal }) => {
  const row = await addAccount(runtime, body, signal);
  await writeAudit(runtime, {
    ...actor,
    action: 'account.add',
    object: row.id,
    detail: { email: row.email },
  });
  return viewAccount(runtime, row);
});

const refuse = refuseMethod('GET', 'POST');

export { refuse as DELETE, refuse as PATCH, refuse as PUT };
