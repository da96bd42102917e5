import * as contract from '@/lib/admin-api/sessions';
import { endOtherSignIns, listSignIns } from '@/lib/auth/account-security';
import { adminRoute, refuseMethod } from '@/lib/route/admin-route';

export const GET = adminRoute(contract.listSessions, async (runtime, { session }) => ({
  items: await listSignIns(runtime, session),
}));

export const DELETE = adminRoute(contract.endOtherSessions, async (runtime, caller) => ({
  ended: await endOtherSignIns(runtime, caller),
}));

const refuse = refuseMethod('GET', 'DELETE');

export { refuse as PATCH, refuse as POST, refuse as PUT };
