import * as contract from '@/lib/admin-api/usage';
import { writeAudit } from '@/lib/audit';
import { adminFileRoute, refuseMethod } from '@/lib/route/admin-route';
import { encodeUsageCsv, reportUsage } from '@/lib/usage/report';

export const GET = adminFileRoute(contract.exportUsage, async (runtime, { query, actor }) => {
  const report = await reportUsage(runtime, query);
  const { from, to, group } = report;
  await writeAudit(runtime, { ...actor, action: 'usage.export', detail: { from, to, group } });
  return { type: 'text/csv', name: `usage-by-${group}.csv`, text: encodeUsageCsv(report) };
});

const refuse = refuseMethod('GET');

export { refuse as DELETE, refuse as PATCH, refuse as POST, refuse as PUT };
