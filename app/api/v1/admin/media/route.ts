import * as contract from '@/lib/admin-api/media';
import { listMedia } from '@/lib/media/gallery';
import { adminRoute, refuseMethod } from '@/lib/route/admin-route';

export const GET = adminRoute(contract.listMedia, (runtime, { query }) => listMedia(runtime, query));

const refuse = refuseMethod('GET');

export { refuse as DELETE, refuse as PATCH, refuse as POST, refuse as PUT };
