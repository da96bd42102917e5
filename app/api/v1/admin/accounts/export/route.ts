import { exportAccounts } from '@/lib/accounts/transfer-export';
import * as contract from '@/lib/admin-api/accounts';
import { confirmPassword } from '@/lib/auth/confirm-password';
import { adminRoute, refuseMethod } from '@/lib/route/admin-route';

export const POST = adminRoute(contract.exportAccounts, async (runtime, { body, session, actor }) => {
  const { password = '', ...wanted } = body;
  if (wanted.include_secrets) await confirmPassword(runtime, session, password, { actor });
  return exportAccounts(runtime, wanted, actor);
});

const refuse = refuseMethod('POST');

export { refuse as DELETE, refuse as GET, refuse as PATCH, refuse as PUT };
