import * as contract from '@/lib/admin-api/jobs';
import { readJob } from '@/lib/generation/list-jobs';
import { adminRoute } from '@/lib/route/admin-route';

export const GET = adminRoute(contract.readJob, (runtime, { params }) => readJob(runtime, params.id));
