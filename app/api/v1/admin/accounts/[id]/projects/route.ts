import { viewAccountDetail } from '@/lib/accounts/detail';
import { createAccountProject } from '@/lib/accounts/refresh';
import * as contract from '@/lib/admin-api/accounts';
import { adminRoute, refuseMethod } from '@/lib/route/admin-route';

export const POST = adminRoute(
  contract.createAccountProject,
  async (runtime, { params, body, actor, signal }) => {
    const row = await createAccountProject(runtime, { id: params.id, actor, ...body }, signal);
    return viewAccountDetail(runtime, row);
  },
);

const refuse = refuseMethod('POST');

export { refuse as DELETE, refuse as GET, refuse as PATCH, refuse as PUT };
