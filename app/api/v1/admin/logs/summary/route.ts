import * as contract from '@/lib/admin-api/logs';
import { summariseLogs } from '@/lib/observability/read-logs';
import { adminRoute, refuseMethod } from '@/lib/route/admin-route';

export const GET = adminRoute(contract.summariseLogs, (runtime, { query }) => summariseLogs(runtime, query));

const refuse = refuseMethod('GET');

export { refuse as DELETE, refuse as PATCH, refuse as POST, refuse as PUT };
