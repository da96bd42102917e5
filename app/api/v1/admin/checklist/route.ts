import * as contract from '@/lib/admin-api/overview';
import { changeChecklist } from '@/lib/checklist';
import { adminRoute, refuseMethod } from '@/lib/route/admin-route';

export const PUT = adminRoute(contract.changeChecklist, (runtime, { body, actor }) =>
  changeChecklist(runtime, body, actor),
);

const refuse = refuseMethod('PUT');

export { refuse as DELETE, refuse as GET, refuse as PATCH, refuse as POST };
