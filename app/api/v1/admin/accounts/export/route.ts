import { exportAccounts, exportAccountsCsv } from '@/lib/accounts/transfer-export';
import * as contract from '@/lib/admin-api/accounts';
import { confirmRecently } from '@/lib/auth/confirm-password';
import { adminFileRoute, adminRoute, refuseMethod } from '@/lib/route/admin-route';

export const POST = adminRoute(contract.exportAccounts, async (runtime, { body, session, actor }) => {
  const { password, ...wanted } = body;
  if (wanted.include_secrets) await confirmRecently(runtime, session, password, actor);
  return exportAccounts(runtime, wanted, actor);
});

export const GET = adminFileRoute(contract.exportAccountsCsv, async (runtime, { query, actor }) => ({
  type: 'text/csv',
  name: 'accounts.csv',
  text: [await exportAccountsCsv(runtime, query, actor)],
}));

const refuse = refuseMethod('GET', 'POST');

export { refuse as DELETE, refuse as PATCH, refuse as PUT };
