import * as contract from '@/lib/admin-api/playground';
import { listRuns } from '@/lib/playground/runs';
import { startRun } from '@/lib/playground/start';
import { adminRoute, refuseMethod } from '@/lib/route/admin-route';

export const GET = adminRoute(contract.listPlaygroundRuns, (runtime) => listRuns(runtime));

export const POST = adminRoute(
  contract.startPlaygroundRun,
  (runtime, { body, actor, requestId, signal, note }) => {
    note({ model: body.model });
    return startRun(runtime, body, { actor, requestId, signal, onJob: (jobId) => note({ jobId }) });
  },
);

const refuse = refuseMethod('GET', 'POST');

export { refuse as DELETE, refuse as PATCH, refuse as PUT };
