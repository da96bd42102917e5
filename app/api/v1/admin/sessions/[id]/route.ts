import * as contract from '@/lib/admin-api/sessions';
import { endSignIn } from '@/lib/auth/account-security';
import { adminRoute, refuseMethod } from '@/lib/route/admin-route';

export const DELETE = adminRoute(contract.endSession, async (runtime, { params, ...caller }) => ({
  ended: await endSignIn(runtime, params.id, caller),
}));

const refuse = refuseMethod('DELETE');

export { refuse as GET, refuse as PATCH, refuse as POST, refuse as PUT };
