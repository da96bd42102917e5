'use client';

import { useQueryStates } from 'nuqs';
import { useEffect, useRef } from 'react';
import { useTranslations } from '@/components/shell/use-translations';
import { cn } from '@/lib/cn';
import { RangePicker } from '../range/range-picker';
import { useRange } from '../range/use-range';
import { PageTitle } from '../shell/page-title';
import { QueryProblem } from '../shell/query-problem';
import { CheckboxField } from '../ui/checkbox';
import { Notice } from '../ui/notice';
import { Attention } from './attention';
import { ChecklistCard } from './checklist-card';
import {
  CreditsChart,
  FilesChart,
  LatencyChart,
  LoadChart,
  RequestsChart,
  SuccessChart,
} from './overview-charts';
import { type InitialOverview, useOverview, useOverviewCharts, useShowChecklist } from './queries';
import { RunningJobs } from './running-jobs';
import { StatCards } from './stat-cards';
import { overviewParsers } from './view';

/** The overview: is it working, which account is in trouble, what is being made? */
export function OverviewPanel({ initial }: { initial: InitialOverview }) {
  const t = useTranslations('overview');
  const { state: range, set: setRange } = useRange();
  const [{ compare, checklist: asked }, setView] = useQueryStates(overviewParsers, {
    history: 'push',
    scroll: false,
  });
  const isCompared = compare === '1';
  const now = useOverview({ range, isCompared }, initial);
  const charts = useOverviewCharts(range, initial);
  const overview = now.data ?? initial.overview;
  const shownCharts = charts.data ?? initial.charts;
  useAskedChecklist(asked === '1', () => void setView({ checklist: '' }, { history: 'replace' }));
  const isOld = now.isPlaceholderData || charts.isPlaceholderData;
  return (
    <>
      <PageTitle title={t('title')}>
        <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
          <RangePicker state={range} set={setRange} />
          <CheckboxField
            label={t('compare')}
            checked={isCompared}
            onCheckedChange={(checked) => void setView({ compare: checked === true ? '1' : '' })}
          />
        </div>
      </PageTitle>
      <div className="grid grid-cols-1 gap-4" aria-busy={isOld}>
        {[now, charts].map(
          ({ error, refetch }, index) =>
            error !== null && (
              // biome-ignore lint/suspicious/noArrayIndexKey: there are two, always in this order
              <Notice key={index} tone="warning" role="status">
                {t('notUpToDate')} <QueryProblem error={error} onRetry={() => void refetch()} />
              </Notice>
            ),
        )}
        {overview.checklist.is_shown && <ChecklistCard checklist={overview.checklist} />}
        <div className={cn('grid grid-cols-1 gap-4', isOld && 'opacity-60 transition-opacity delay-200')}>
          <StatCards overview={overview} />
          {isCompared && !now.isPlaceholderData && overview.previous === null && (
            <p className="text-secondary text-sm">{t('nothingBefore')}</p>
          )}
          <div className="grid grid-cols-1 gap-4 xl:grid-cols-2">
            <RequestsChart charts={shownCharts} />
            <Attention at={overview.at} attention={overview.attention} />
            <SuccessChart charts={shownCharts} />
            <LatencyChart charts={shownCharts} />
            <FilesChart charts={shownCharts} />
            <CreditsChart charts={shownCharts} />
            <LoadChart charts={shownCharts} />
          </div>
        </div>
        <RunningJobs overview={overview} />
      </div>
    </>
  );
}

/** The palette leads here with the wish to see the first steps again. */
function useAskedChecklist(isAsked: boolean, onDone: () => void) {
  const { mutate } = useShowChecklist();
  const done = useRef(onDone);
  useEffect(() => {
    done.current = onDone;
  });
  useEffect(() => {
    if (isAsked) mutate(true, { onSettled: () => done.current() });
  }, [isAsked, mutate]);
}
