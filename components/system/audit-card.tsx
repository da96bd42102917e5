'use client';

import { ListChecks } from 'lucide-react';
import { useTranslations } from '@/components/shell/use-translations';
import type { AuditEntry } from '@/lib/admin-api/audit';
import { Missing, PastTime } from '../clock/time';
import { QueryProblem } from '../shell/query-problem';
import { EmptyState } from '../ui/empty-state';
import { Notice } from '../ui/notice';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '../ui/table';
import { Panel } from './panel';
import { auditLength, useAudit } from './queries';
import { useSystemText } from './system-text';

/** Who did what last. */
export function AuditCard({ initial }: { initial: AuditEntry[] }) {
  const t = useTranslations('system');
  const text = useSystemText();
  const { data, error, refetch } = useAudit(initial);
  return (
    <Panel
      title={t('audit.title')}
      aside={<span className="text-secondary text-sm">{t('audit.hint', { count: auditLength })}</span>}
    >
      {error !== null && (
        <Notice tone="warning" role="status" className="m-4">
          {t('stale')} <QueryProblem error={error} onRetry={() => void refetch()} />
        </Notice>
      )}
      {data.length === 0 ? (
        <EmptyState icon={ListChecks} title={t('audit.empty')} />
      ) : (
        <Table caption={t('audit.title')}>
          <TableHead>
            <TableHeader>{t('audit.time')}</TableHeader>
            <TableHeader>{t('audit.action')}</TableHeader>
            <TableHeader>{t('audit.object')}</TableHeader>
            <TableHeader>{t('audit.who')}</TableHeader>
            <TableHeader>{t('audit.address')}</TableHeader>
          </TableHead>
          <TableBody>
            {data.map((entry) => (
              <TableRow key={entry.id}>
                <TableCell label={t('audit.time')}>
                  <PastTime at={entry.at} />
                </TableCell>
                <TableCell label={t('audit.action')} className="max-md:col-span-2">
                  {text.action(entry)}
                </TableCell>
                <TableCell label={t('audit.object')} isWide>
                  <AuditObject entry={entry} />
                </TableCell>
                <TableCell label={t('audit.who')}>
                  {entry.administrator ?? <span className="text-secondary text-xs">{t('audit.nobody')}</span>}
                </TableCell>
                <TableCell label={t('audit.address')} className="max-md:col-span-2">
                  {entry.address === null ? (
                    <Missing />
                  ) : (
                    <span className="break-all font-mono text-xs">{entry.address}</span>
                  )}
                </TableCell>
              </TableRow>
            ))}
          </TableBody>
        </Table>
      )}
    </Panel>
  );
}

/** What it was done to; of a setting also from what to what. */
function AuditObject({ entry: { object, detail } }: { entry: AuditEntry }) {
  if (object === null) return <Missing />;
  const change = [detail.from, detail.to].filter((value) => isPlain(value)).map(String);
  return (
    <span className="grid gap-0.5">
      <code className="break-all font-mono text-xs">{object}</code>
      {change.length === 2 && (
        <span className="break-words text-secondary text-xs">{change.join(' → ')}</span>
      )}
    </span>
  );
}

const isPlain = (value: unknown): boolean => ['string', 'number', 'boolean'].includes(typeof value);
