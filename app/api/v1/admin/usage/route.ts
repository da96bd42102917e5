import * as contract from '@/lib/admin-api/usage';
import { adminRoute, refuseMethod } from '@/lib/route/admin-route';
import { reportUsage } from '@/lib/usage/report';

export const GET = adminRoute(contract.readUsage, (runtime, { query }) => reportUsage(runtime, query));

const refuse = refuseMethod('GET');

export { refuse as DELETE, refuse as PATCH, refuse as POST, refuse as PUT };
