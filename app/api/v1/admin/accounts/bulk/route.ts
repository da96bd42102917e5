import { startBulk } from '@/lib/accounts/bulk';
import * as contract from '@/lib/admin-api/accounts';
import { adminRoute } from '@/lib/route/admin-route';

export const POST = adminRoute(contract.startBulk, (runtime, { body, actor }) =>
  startBulk(runtime, body, actor),
);
