import * as contract from '@/lib/admin-api/system';
import { adminRoute } from '@/lib/route/admin-route';
import { listLoops } from '@/lib/system';

export const GET = adminRoute(contract.listLoops, async (runtime) => ({ items: listLoops(runtime) }));
