import * as contract from '@/lib/admin-api/settings';
import { testProxy } from '@/lib/proxy-test';
import { adminRoute } from '@/lib/route/admin-route';

export const POST = adminRoute(contract.testProxy, (runtime, { body, signal }) =>
  testProxy(runtime, body, signal),
);
