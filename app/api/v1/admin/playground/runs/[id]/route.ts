import * as contract from '@/lib/admin-api/playground';
import { cancelRun, readRun } from '@/lib/playground/runs';
import { adminRoute, refuseMethod } from '@/lib/route/admin-route';

export const GET = adminRoute(contract.readPlaygroundRun, (runtime, { params }) =>
  readRun(runtime, params.id),
);

export const DELETE = adminRoute(contract.cancelPlaygroundRun, (runtime, { params, actor }) =>
  cancelRun(runtime, params.id, actor),
);

const refuse = refuseMethod('GET', 'DELETE');

export { refuse as PATCH, refuse as POST, refuse as PUT };
