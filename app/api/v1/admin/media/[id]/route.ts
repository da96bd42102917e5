import * as contract from '@/lib/admin-api/media';
import { readMedia } from '@/lib/media/gallery';
import { deleteMedia, keepMedia } from '@/lib/media/manage';
import { adminRoute, refuseMethod } from '@/lib/route/admin-route';

export const GET = adminRoute(contract.readMedia, (runtime, { params }) => readMedia(runtime, params.id));

export const PATCH = adminRoute(contract.updateMedia, (runtime, { params, body, actor }) =>
  keepMedia(runtime, { id: params.id, actor }, body.kept),
);

export const DELETE = adminRoute(contract.deleteMedia, (runtime, { params, actor }) =>
  deleteMedia(runtime, { id: params.id, actor }),
);

const refuse = refuseMethod('GET', 'PATCH', 'DELETE');

export { refuse as POST, refuse as PUT };
