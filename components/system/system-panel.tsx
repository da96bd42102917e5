'use client';

import { useTranslations } from '@/components/shell/use-translations';
import type { AuditEntry } from '@/lib/admin-api/audit';
import type { LoopStatus, SystemView } from '@/lib/admin-api/system';
import { QueryProblem } from '../shell/query-problem';
import { Notice } from '../ui/notice';
import { AuditCard } from './audit-card';
import { ChecksCard } from './checks-card';
import { DatabaseCard } from './database-card';
import { LoopsCard } from './loops-card';
import { MigrationsCard } from './migrations-card';
import { ProgramCard } from './program-card';
import { useSystem } from './queries';

type SystemPanelProps = { initial: { system: SystemView; loops: LoopStatus[]; audit: AuditEntry[] } };

/** Which version, database and loops run, and whether they are well. */
export function SystemPanel({ initial }: SystemPanelProps) {
  const t = useTranslations('system');
  const { data, error, refetch } = useSystem(initial.system);
  return (
    <>
      {error !== null && (
        <Notice tone="warning" role="status">
          {t('stale')} <QueryProblem error={error} onRetry={() => void refetch()} />
        </Notice>
      )}
      <div className="grid grid-cols-1 gap-4 xl:grid-cols-3">
        <ChecksCard checks={data.checks} />
        <ProgramCard system={data} />
        <DatabaseCard database={data.database} />
      </div>
      <LoopsCard initial={initial.loops} />
      <MigrationsCard migrations={data.database.migrations} />
      <AuditCard initial={initial.audit} />
    </>
  );
}
