'use client';

import { CircleCheck, Clock } from 'lucide-react';
import { useTranslations } from '@/components/shell/use-translations';
import type { SystemView } from '@/lib/admin-api/system';
import { Missing, PastTime } from '../clock/time';
import { useFormat } from '../shell/use-format';
import { Badge } from '../ui/badge';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '../ui/table';
import { Panel } from './panel';

/** What was done to the database, and what is still to be done, which comes first. */
export function MigrationsCard({ migrations }: { migrations: SystemView['database']['migrations'] }) {
  const t = useTranslations('system');
  const format = useFormat();
  return (
    <Panel title={t('migrations.title')}>
      <Table caption={t('migrations.title')}>
        <TableHead>
          <TableHeader>{t('migrations.id')}</TableHeader>
          <TableHeader>{t('migrations.name')}</TableHeader>
          <TableHeader>{t('migrations.state')}</TableHeader>
          <TableHeader>{t('migrations.applied')}</TableHeader>
          <TableHeader isNumeric>{t('migrations.duration')}</TableHeader>
        </TableHead>
        <TableBody>
          {migrations.map(({ id, name, pending, applied_at, duration_ms }) => (
            <TableRow key={id}>
              <TableCell label={t('migrations.id')} className="tabular-nums">
                {id}
              </TableCell>
              <TableCell label={t('migrations.name')} className="col-span-2">
                <code className="break-all font-mono text-xs">{name}</code>
              </TableCell>
              <TableCell label={t('migrations.state')}>
                <Badge
                  tone={pending ? 'warning' : 'success'}
                  icon={pending ? Clock : CircleCheck}
                  label={t(pending ? 'migrations.isPending' : 'migrations.isApplied')}
                />
              </TableCell>
              <TableCell label={t('migrations.applied')}>
                <PastTime at={applied_at} />
              </TableCell>
              <TableCell isNumeric label={t('migrations.duration')}>
                {duration_ms === null ? <Missing /> : format.duration(duration_ms)}
              </TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </Panel>
  );
}
