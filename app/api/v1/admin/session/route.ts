import * as contract from '@/lib/admin-api/sign-in';
import { endSession } from '@/lib/auth/session-value';
import { adminRoute, refuseMethod } from '@/lib/route/admin-route';

export const DELETE = adminRoute(contract.signOut, async (runtime, { session }) => {
  await endSession(runtime, session);
  return {};
});

const refuse = refuseMethod('DELETE');

export { refuse as GET, refuse as PATCH, refuse as POST, refuse as PUT };
