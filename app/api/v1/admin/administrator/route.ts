import * as contract from '@/lib/admin-api/account-security';
import { changeUsername } from '@/lib/auth/account-security';
import { adminRoute, refuseMethod } from '@/lib/route/admin-route';

export const GET = adminRoute(contract.readAdministrator, async (_runtime, { session }) => ({
  username: session.username,
  must_change_password: session.mustChangePassword,
  password_confirmed_until: session.passwordConfirmedUntil?.toISOString() ?? null,
}));

export const PATCH = adminRoute(contract.changeUsername, async (runtime, { body, ...caller }) => ({
  username: await changeUsername(runtime, body, caller),
}));

const refuse = refuseMethod('GET', 'PATCH');

export { refuse as DELETE, refuse as POST, refuse as PUT };
