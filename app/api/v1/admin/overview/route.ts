import * as contract from '@/lib/admin-api/overview';
import { readOverview } from '@/lib/overview';
import { adminRoute } from '@/lib/route/admin-route';

export const GET = adminRoute(contract.readOverview, (runtime) => readOverview(runtime));
