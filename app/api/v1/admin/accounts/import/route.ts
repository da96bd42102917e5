import { startImport } from '@/lib/accounts/transfer';
import * as contract from '@/lib/admin-api/accounts';
import { adminRoute } from '@/lib/route/admin-route';

export const POST = adminRoute(contract.startImport, (runtime, { body, actor }) =>
  startImport(runtime, body, actor),
);
