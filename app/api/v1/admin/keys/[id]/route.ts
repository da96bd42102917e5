import * as contract from '@/lib/admin-api/keys';
import { changeKey, deleteKey, getKeyView } from '@/lib/api-keys/manage';
import { adminRoute, refuseMethod } from '@/lib/route/admin-route';

export const GET = adminRoute(contract.getKey, (runtime, { params }) => getKeyView(runtime, params.id));

export const PATCH = adminRoute(contract.updateKey, (runtime, { params, body, actor }) =>
  changeKey(runtime, params.id, body, actor),
);

export const DELETE = adminRoute(contract.deleteKey, (runtime, { params, actor }) =>
  deleteKey(runtime, params.id, actor),
);

const refuse = refuseMethod('GET', 'PATCH', 'DELETE');

export { refuse as POST, refuse as PUT };
