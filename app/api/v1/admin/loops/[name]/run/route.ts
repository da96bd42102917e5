import * as contract from '@/lib/admin-api/system';
import { adminRoute, refuseMethod } from '@/lib/route/admin-route';
import { runLoop } from '@/lib/system';

export const POST = adminRoute(contract.runLoop, (runtime, { params, actor }) =>
  runLoop(runtime, params.name, actor),
);

const refuse = refuseMethod('POST');

export { refuse as DELETE, refuse as GET, refuse as PATCH, refuse as PUT };
