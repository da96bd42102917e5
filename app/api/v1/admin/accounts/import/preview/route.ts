import { previewImport } from '@/lib/accounts/transfer';
import * as contract from '@/lib/admin-api/accounts';
import { adminRoute, refuseMethod } from '@/lib/route/admin-route';

export const POST = adminRoute(contract.previewImport, (runtime, { body }) =>
  previewImport(runtime, body.accounts),
);

const refuse = refuseMethod('POST');

export { refuse as DELETE, refuse as GET, refuse as PATCH, refuse as PUT };
