import * as contract from '@/lib/admin-api/system';
import { adminRoute, refuseMethod } from '@/lib/route/admin-route';
import { readSystem } from '@/lib/system';

export const GET = adminRoute(contract.readSystem, (runtime) => readSystem(runtime));

const refuse = refuseMethod('GET');

export { refuse as DELETE, refuse as PATCH, refuse as POST, refuse as PUT };
