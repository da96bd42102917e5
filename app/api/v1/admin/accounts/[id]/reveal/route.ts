import { revealSecrets } from '@/lib/accounts/refresh';
import * as contract from '@/lib/admin-api/accounts';
import { confirmRecently } from '@/lib/auth/confirm-password';
import { adminRoute, refuseMethod } from '@/lib/route/admin-route';

export const POST = adminRoute(contract.revealSecrets, async (runtime, { params, body, session, actor }) => {
  await confirmRecently(runtime, session, body.password, actor);
  return revealSecrets(runtime, { id: params.id, actor });
});

const refuse = refuseMethod('POST');

export { refuse as DELETE, refuse as GET, refuse as PATCH, refuse as PUT };
