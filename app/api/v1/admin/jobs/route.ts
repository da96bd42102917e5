import * as contract from '@/lib/admin-api/jobs';
import { listJobs } from '@/lib/generation/list-jobs';
import { adminRoute } from '@/lib/route/admin-route';

export const GET = adminRoute(contract.listJobs, (runtime, { query }) => listJobs(runtime, query));
