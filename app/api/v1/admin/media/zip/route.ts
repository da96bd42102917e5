import * as contract from '@/lib/admin-api/media';
import { zipMedia } from '@/lib/media/zip';
import { adminFileRoute, refuseMethod } from '@/lib/route/admin-route';

export const POST = adminFileRoute(contract.zipMedia, async (runtime, { body, actor }) => {
  const { name, bytes } = await zipMedia(runtime, body.ids, actor);
  return { type: 'application/zip', name, bytes };
});

const refuse = refuseMethod('POST');

export { refuse as DELETE, refuse as GET, refuse as PATCH, refuse as PUT };
