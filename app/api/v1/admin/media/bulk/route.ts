import * as contract from '@/lib/admin-api/media';
import { startMediaBulk } from '@/lib/media/bulk';
import { adminRoute, refuseMethod } from '@/lib/route/admin-route';

export const POST = adminRoute(contract.startMediaBulk, (runtime, { body, actor }) =>
  startMediaBulk(runtime, body, actor),
);

const refuse = refuseMethod('POST');

export { refuse as DELETE, refuse as GET, refuse as PATCH, refuse as PUT };
