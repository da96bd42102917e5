import * as contract from '@/lib/admin-api/audit';
import { listAudit } from '@/lib/audit';
import { adminRoute } from '@/lib/route/admin-route';

export const GET = adminRoute(contract.listAudit, (runtime, { query }) => listAudit(runtime, query));
