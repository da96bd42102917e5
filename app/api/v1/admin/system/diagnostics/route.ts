import * as contract from '@/lib/admin-api/system';
import { adminRoute, refuseMethod } from '@/lib/route/admin-route';
import { describeSystem } from '@/lib/system';

export const GET = adminRoute(contract.readDiagnostics, async (runtime) => ({
  text: await describeSystem(runtime),
}));

const refuse = refuseMethod('GET');

export { refuse as DELETE, refuse as PATCH, refuse as POST, refuse as PUT };
