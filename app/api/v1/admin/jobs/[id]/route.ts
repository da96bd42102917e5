import * as contract from '@/lib/admin-api/jobs';
import { readJob } from '@/lib/generation/list-jobs';
import { adminRoute, refuseMethod } from '@/lib/route/admin-route';

export const GET = adminRoute(contract.readJob, (runtime, { params }) => readJob(runtime, params.id));

const refuse = refuseMethod('GET');

export { refuse as DELETE, refuse as PATCH, refuse as POST, refuse as PUT };
