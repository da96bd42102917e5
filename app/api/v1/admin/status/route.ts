import * as contract from '@/lib/admin-api/overview';
import { adminRoute, refuseMethod } from '@/lib/route/admin-route';
import { readStatus } from '@/lib/status';

export const GET = adminRoute(contract.readStatus, (runtime) => readStatus(runtime));

const refuse = refuseMethod('GET');

export { refuse as DELETE, refuse as PATCH, refuse as POST, refuse as PUT };
