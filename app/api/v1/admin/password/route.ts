import * as contract from '@/lib/admin-api/account-security';
import { changePassword } from '@/lib/auth/account-security';
import { adminRoute, refuseMethod } from '@/lib/route/admin-route';

export const POST = adminRoute(contract.changePassword, async (runtime, { body, ...caller }) => ({
  ended_sessions: await changePassword(runtime, body, caller),
}));

const refuse = refuseMethod('POST');

export { refuse as DELETE, refuse as GET, refuse as PATCH, refuse as PUT };
