import * as contract from '@/lib/admin-api/playground';
import { listPlaygroundModels } from '@/lib/playground/catalogue';
import { adminRoute, refuseMethod } from '@/lib/route/admin-route';

export const GET = adminRoute(contract.listPlaygroundModels, (runtime, { query }) =>
  listPlaygroundModels(runtime, query),
);

const refuse = refuseMethod('GET');

export { refuse as DELETE, refuse as PATCH, refuse as POST, refuse as PUT };
