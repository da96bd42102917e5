import * as contract from '@/lib/admin-api/samples';
import { adminRoute, refuseMethod } from '@/lib/route/admin-route';
import { reportSamples } from '@/lib/samples';

export const GET = adminRoute(contract.readSamples, (runtime, { query }) => reportSamples(runtime, query));

const refuse = refuseMethod('GET');

export { refuse as DELETE, refuse as PATCH, refuse as POST, refuse as PUT };
