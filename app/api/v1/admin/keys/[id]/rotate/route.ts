import * as contract from '@/lib/admin-api/keys';
import { rotateKey } from '@/lib/api-keys/manage';
import { adminRoute, refuseMethod } from '@/lib/route/admin-route';

export const POST = adminRoute(contract.rotateKey, (runtime, { params, body, actor }) =>
  rotateKey(runtime, params.id, body.grace, actor),
);

const refuse = refuseMethod('POST');

export { refuse as DELETE, refuse as GET, refuse as PATCH, refuse as PUT };
