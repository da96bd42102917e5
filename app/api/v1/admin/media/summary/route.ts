import * as contract from '@/lib/admin-api/media';
import { summariseMedia } from '@/lib/media/gallery';
import { adminRoute, refuseMethod } from '@/lib/route/admin-route';

export const GET = adminRoute(contract.summariseMedia, (runtime) => summariseMedia(runtime));

const refuse = refuseMethod('GET');

export { refuse as DELETE, refuse as PATCH, refuse as POST, refuse as PUT };
