import * as contract from '@/lib/admin-api/sign-in';
import { signOut } from '@/lib/auth/sign-in';
import { adminRoute, refuseMethod } from '@/lib/route/admin-route';

export const DELETE = adminRoute(contract.signOut, async (runtime, { session, address }) => {
  await signOut(runtime, session, address);
  return {};
});

const refuse = refuseMethod('DELETE');

export { refuse as GET, refuse as PATCH, refuse as POST, refuse as PUT };
