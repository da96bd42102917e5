import * as contract from '@/lib/admin-api/overview';
import { readOverviewCharts } from '@/lib/overview-charts';
import { adminRoute, refuseMethod } from '@/lib/route/admin-route';

export const GET = adminRoute(contract.readOverviewCharts, (runtime, { query }) =>
  readOverviewCharts(runtime, query),
);

const refuse = refuseMethod('GET');

export { refuse as DELETE, refuse as PATCH, refuse as POST, refuse as PUT };
