import * as contract from '@/lib/admin-api/logs';
import { readLog } from '@/lib/observability/read-logs';
import { adminRoute } from '@/lib/route/admin-route';

export const GET = adminRoute(contract.readLog, (runtime, { params }) => readLog(runtime, params.id));
