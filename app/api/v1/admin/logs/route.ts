import * as contract from '@/lib/admin-api/logs';
import { clearLogs, listLogs } from '@/lib/observability/read-logs';
import { adminRoute, refuseMethod } from '@/lib/route/admin-route';

export const GET = adminRoute(contract.listLogs, (runtime, { query }) => listLogs(runtime, query));

export const DELETE = adminRoute(contract.clearLogs, (runtime, { query, actor }) =>
  clearLogs(runtime, query.older_than_days, actor),
);

const refuse = refuseMethod('GET', 'DELETE');

export { refuse as PATCH, refuse as POST, refuse as PUT };
