import * as contract from '@/lib/admin-api/overview';
import { readOverview } from '@/lib/overview';
import { adminRoute, refuseMethod } from '@/lib/route/admin-route';

export const GET = adminRoute(contract.readOverview, (runtime, { query }) => readOverview(runtime, query));

const refuse = refuseMethod('GET');

export { refuse as DELETE, refuse as POST, refuse as PATCH, refuse as PUT };
