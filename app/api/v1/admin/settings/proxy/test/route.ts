import * as contract from '@/lib/admin-api/settings';
import { testProxy } from '@/lib/proxy-test';
import { adminRoute, refuseMethod } from '@/lib/route/admin-route';

export const POST = adminRoute(contract.testProxy, (runtime, { body, signal }) =>
  testProxy(runtime, body, signal),
);

const refuse = refuseMethod('POST');

export { refuse as DELETE, refuse as GET, refuse as PATCH, refuse as PUT };
