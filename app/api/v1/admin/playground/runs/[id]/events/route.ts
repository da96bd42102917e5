import * as contract from '@/lib/admin-api/playground';
import { followRun } from '@/lib/playground/runs';
import { adminEventsRoute, refuseMethod } from '@/lib/route/admin-route';

export const GET = adminEventsRoute(contract.followPlaygroundRun, (runtime, { params, signal }) =>
  followRun(runtime, params.id, signal),
);

const refuse = refuseMethod('GET');

export { refuse as DELETE, refuse as PATCH, refuse as POST, refuse as PUT };
