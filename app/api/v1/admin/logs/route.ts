import * as contract from '@/lib/admin-api/logs';
import { clearLogs, listLogs } from '@/lib/observability/read-logs';
import { adminRoute } from '@/lib/route/admin-route';

export const GET = adminRoute(contract.listLogs, (runtime, { query }) => listLogs(runtime, query));

export const DELETE = adminRoute(contract.clearLogs, (runtime, { query, actor }) =>
  clearLogs(runtime, query.older_than_days, actor),
);
