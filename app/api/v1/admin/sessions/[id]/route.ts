import * as contract from '@/lib/admin-api/sessions';
import { endSignIn } from '@/lib/auth/account-security';
import { adminRoute } from '@/lib/route/admin-route';

export const DELETE = adminRoute(contract.endSession, async (runtime, { params, ...caller }) => ({
  ended: await endSignIn(runtime, params.id, caller),
}));
