import * as contract from '@/lib/admin-api/keys';
import { listKeyViews } from '@/lib/api-keys/list';
import { createKey } from '@/lib/api-keys/manage';
import { adminRoute, refuseMethod } from '@/lib/route/admin-route';

export const GET = adminRoute(contract.listKeys, (runtime, { query }) => listKeyViews(runtime, query));

export const POST = adminRoute(contract.createKey, (runtime, { body, actor }) =>
  createKey(runtime, body, actor),
);

const refuse = refuseMethod('GET', 'POST');

export { refuse as DELETE, refuse as PATCH, refuse as PUT };
