import { sqliteKit } from './columns';
import { defineSchema } from './define';

export const {
  accounts,
  projects,
  apiKeys,
  jobs,
  jobSteps,
  jobInputs,
  idempotencyRecords,
  media,
  referenceUploads,
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
  upstreamCalls,
  auditEntries,
  tasks,
  meta,
} = defineSchema(sqliteKit);
