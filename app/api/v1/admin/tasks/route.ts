import { listTaskViews } from '@/lib/accounts/tasks';
import * as contract from '@/lib/admin-api/tasks';
import { adminRoute } from '@/lib/route/admin-route';

export const GET = adminRoute(contract.listTasks, (runtime, { query }) => listTaskViews(runtime, query));
