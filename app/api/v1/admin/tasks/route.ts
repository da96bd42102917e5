import { listTaskViews } from '@/lib/accounts/tasks';
import * as contract from '@/lib/admin-api/tasks';
import { adminRoute, refuseMethod } from '@/lib/route/admin-route';

export const GET = adminRoute(contract.listTasks, (runtime, { query }) => listTaskViews(runtime, query));

const refuse = refuseMethod('GET');

export { refuse as DELETE, refuse as PATCH, refuse as POST, refuse as PUT };
