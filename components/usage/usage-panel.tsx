'use client';

import { ChartColumn, Download } from 'lucide-react';
import { useQueryStates } from 'nuqs';
import { useTranslations } from '@/components/shell/use-translations';
import { encodeQuery } from '@/lib/admin-api/client';
import { exportUsage } from '@/lib/admin-api/usage';
import { cn } from '@/lib/cn';
import { RangePicker } from '../range/range-picker';
import { useRange } from '../range/use-range';
import { PageTitle } from '../shell/page-title';
import { QueryProblem } from '../shell/query-problem';
import { useFormat } from '../shell/use-format';
import { Button } from '../ui/button';
import { Card } from '../ui/card';
import { EmptyState } from '../ui/empty-state';
import { Notice } from '../ui/notice';
import { ToggleGroup, ToggleGroupItem } from '../ui/toggle-group';
import { type InitialUsage, type UsageReport, useUsage } from './queries';
import { UsageChart } from './usage-chart';
import { UsageTable } from './usage-table';
import { usageGroups, usageParsers } from './usage-view';

/** Who used how much, by model, account, key or day. */
export function UsagePanel({ initial }: { initial: InitialUsage }) {
  const t = useTranslations('usage');
  const { state: range, set: setRange } = useRange();
  const [{ group, sort }, setView] = useQueryStates(usageParsers, { history: 'push', scroll: false });
  const { data, error, refetch, isPlaceholderData } = useUsage({ range, group }, initial);
  const report = data ?? initial.report;
  // While another group is asked for, what is shown is still of the one before.
  const shownGroup = usageGroups.find((one) => one === report.group) ?? group;
  return (
    <>
      <PageTitle title={t('title')}>
        <RangePicker state={range} set={setRange} />
      </PageTitle>
      <div className="flex flex-wrap items-center justify-between gap-3">
        <div className="flex flex-wrap items-center gap-2">
          <span aria-hidden className="text-secondary text-sm">
            {t('groupBy')}
          </span>
          <ToggleGroup
            type="single"
            aria-label={t('groupBy')}
            value={group}
            onValueChange={(value: string) => {
              const next = usageGroups.find((one) => one === value);
              if (next !== undefined) void setView({ group: next, sort: '' });
            }}
          >
            {usageGroups.map((one) => (
              <ToggleGroupItem key={one} value={one}>
                {t(`groups.${one}`)}
              </ToggleGroupItem>
            ))}
          </ToggleGroup>
        </div>
        <div className="flex flex-wrap items-center gap-3">
          <Hours report={report} isOpen={range.until === null} />
          <Button asChild variant="outline">
            <a href={exportHref(report)} download>
              <Download aria-hidden />
              {t('export')}
            </a>
          </Button>
        </div>
      </div>
      {error !== null && (
        <Notice tone="warning" role="status">
          {t('notUpToDate')} <QueryProblem error={error} onRetry={() => void refetch()} />
        </Notice>
      )}
      <div
        aria-busy={isPlaceholderData}
        className={cn(
          'grid grid-cols-1 gap-4',
          isPlaceholderData && 'opacity-60 transition-opacity delay-200',
        )}
      >
        <UsageChart report={report} group={shownGroup} />
        {report.items.length === 0 ? (
          <Card>
            <EmptyState icon={ChartColumn} title={t('empty')}>
              {t('emptyText')}
            </EmptyState>
          </Card>
        ) : (
          <UsageTable
            report={report}
            group={shownGroup}
            sort={sort}
            onSort={(next) => void setView({ sort: next })}
          />
        )}
      </div>
    </>
  );
}

/** The span that was counted. */
function Hours({ report, isOpen }: { report: UsageReport; isOpen: boolean }) {
  const t = useTranslations('usage');
  const format = useFormat();
  return (
    <p className="text-secondary text-xs tabular-nums">
      {t('hours', {
        since: format.dayTime(new Date(report.from)),
        until: isOpen ? t('now') : format.dayTime(new Date(report.to)),
      })}
    </p>
  );
}

const exportHref = ({ from, to, group }: UsageReport) =>
  `${exportUsage.path}${encodeQuery({ from, to, group })}`;
