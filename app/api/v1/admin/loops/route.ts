import * as contract from '@/lib/admin-api/system';
import { adminRoute, refuseMethod } from '@/lib/route/admin-route';
import { listLoops } from '@/lib/system';

export const GET = adminRoute(contract.listLoops, async (runtime) => ({ items: await listLoops(runtime) }));

const refuse = refuseMethod('GET');

export { refuse as DELETE, refuse as PATCH, refuse as POST, refuse as PUT };
