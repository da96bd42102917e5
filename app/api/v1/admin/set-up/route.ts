import * as contract from '@/lib/admin-api/sign-in';
import { startSession } from '@/lib/auth/session-value';
import { createFirstAdministrator } from '@/lib/auth/setup';
import { refuseMethod } from '@/lib/route/admin-route';
import { signInRoute } from '@/lib/route/sign-in-route';

export const POST = signInRoute(contract.setUp, async (runtime, body, visitor) => {
  const { address } = visitor;
  return startSession(runtime, await createFirstAdministrator(runtime, { ...body, address }), visitor);
});

const refuse = refuseMethod('POST');

export { refuse as DELETE, refuse as GET, refuse as PATCH, refuse as PUT };
