import * as contract from '@/lib/admin-api/sessions';
import { endOtherSignIns, listSignIns } from '@/lib/auth/account-security';
import { adminRoute } from '@/lib/route/admin-route';

export const GET = adminRoute(contract.listSessions, async (runtime, { session }) => ({
  items: await listSignIns(runtime, session),
}));

export const DELETE = adminRoute(contract.endOtherSessions, async (runtime, caller) => ({
  ended: await endOtherSignIns(runtime, caller),
}));
