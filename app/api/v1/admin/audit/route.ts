import * as contract from '@/lib/admin-api/audit';
import { listAudit } from '@/lib/audit';
import { adminRoute, refuseMethod } from '@/lib/route/admin-route';

export const GET = adminRoute(contract.listAudit, (runtime, { query }) => listAudit(runtime, query));

const refuse = refuseMethod('GET');

export { refuse as DELETE, refuse as PATCH, refuse as POST, refuse as PUT };
