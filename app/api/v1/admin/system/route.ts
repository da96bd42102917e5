import * as contract from '@/lib/admin-api/system';
import { adminRoute } from '@/lib/route/admin-route';
import { readSystem } from '@/lib/system';

export const GET = adminRoute(contract.readSystem, (runtime) => readSystem(runtime));
