import * as contract from '@/lib/admin-api/keys';
import { readKeyUsage } from '@/lib/api-keys/usage';
import { adminRoute, refuseMethod } from '@/lib/route/admin-route';

export const GET = adminRoute(contract.readKeyUsage, (runtime, { params, query }) =>
  readKeyUsage(runtime, params.id, query.days),
);

const refuse = refuseMethod('GET');

export { refuse as DELETE, refuse as PATCH, refuse as POST, refuse as PUT };
