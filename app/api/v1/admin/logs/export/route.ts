import * as contract from '@/lib/admin-api/logs';
import { writeAudit } from '@/lib/audit';
import { exportLogs } from '@/lib/observability/read-logs';
import { adminFileRoute, refuseMethod } from '@/lib/route/admin-route';

export const GET = adminFileRoute(contract.exportLogs, async (runtime, { query, actor }) => {
  const { format, ...filter } = query;
  await writeAudit(runtime, { ...actor, action: 'logs.export', detail: { format, ...filter } });
  return {
    type: format === 'csv' ? 'text/csv' : 'application/jsonl',
    name: `requests.${format}`,
    text: exportLogs(runtime, filter, format),
  };
});

const refuse = refuseMethod('GET');

export { refuse as DELETE, refuse as PATCH, refuse as POST, refuse as PUT };
