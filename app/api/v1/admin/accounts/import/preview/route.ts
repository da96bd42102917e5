import { previewImport } from '@/lib/accounts/transfer';
import * as contract from '@/lib/admin-api/accounts';
import { adminRoute } from '@/lib/route/admin-route';

export const POST = adminRoute(contract.previewImport, (runtime, { body }) =>
  previewImport(runtime, body.accounts),
);
