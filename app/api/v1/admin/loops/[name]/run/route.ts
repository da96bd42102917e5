import * as contract from '@/lib/admin-api/system';
import { adminRoute } from '@/lib/route/admin-route';
import { runLoop } from '@/lib/system';

export const POST = adminRoute(contract.runLoop, (runtime, { params, actor }) =>
  runLoop(runtime, params.name, actor),
);
