import { postgresKit } from './columns';
import { defineSchema } from './define';

export const {
  accounts,
  projects,
  apiKeys,
  jobs,
  jobSteps,
  jobInputs,
  media,
  requestLogs,
  settings,
  leases,
  administrators,
  sessions,
  accountDays,
  keyDays,
  rateCounters,
  healthChanges,
  samples,
  usageHours,
  loopRuns,
  upstreamCalls,
  auditEntries,
  tasks,
  meta,
} = defineSchema(postgresKit);
