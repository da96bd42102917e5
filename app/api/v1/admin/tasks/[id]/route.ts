import { getTask, stopTask } from '@/lib/accounts/tasks';
import * as contract from '@/lib/admin-api/tasks';
import { adminRoute, refuseMethod } from '@/lib/route/admin-route';

export const GET = adminRoute(contract.getTask, (runtime, { params }) => getTask(runtime, params.id));

export const DELETE = adminRoute(contract.stopTask, (runtime, { params, actor }) =>
  stopTask(runtime, { id: params.id, actor }),
);

const refuse = refuseMethod('GET', 'DELETE');

export { refuse as PATCH, refuse as POST, refuse as PUT };
