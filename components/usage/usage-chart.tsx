'use client';

import { useTranslations } from '@/components/shell/use-translations';
import type { UsageRow } from '@/lib/admin-api/usage';
import { Chart } from '../charts/chart';
import type { ChartRow } from '../charts/chart-data';
import { outcomes } from '../overview/links';
import { outcomeLooks } from '../overview/outcome-looks';
import { useFormat } from '../shell/use-format';
import type { UsageReport } from './queries';
import type { UsageGroup } from './usage-view';
import { rowHref, useRowName } from './use-row-names';

const mostShown = 10;
const dayMs = 86_400_000;

/** Requests by how they ended: of days each one, of others the ten with the most. */
export function UsageChart({ report, group }: { report: UsageReport; group: UsageGroup }) {
  const t = useTranslations('usage');
  const overview = useTranslations('overview');
  const format = useFormat();
  const nameOf = useRowName(group);
  const { items, total, others } = report;
  const groups = items.length + (others?.groups ?? 0);
  const shown = group === 'day' ? withAllDays(items) : items.slice(0, mostShown);
  const known = new Map(items.map((item) => [item.value, item]));
  return (
    <Chart
      key={group}
      kind="stacked"
      title={t(`chartTitle.${group}`)}
      unit={t('chartUnit')}
      n={[
        overview('n', { n: format.count(total.requests) }),
        ...(shown.length < groups ? [t('top', { shown: shown.length, total: groups })] : []),
      ].join(' · ')}
      axisName={t(`groups.${group}`)}
      emptyText={t('empty')}
      format={format.count}
      formatTick={format.compactCount}
      series={outcomes.map((outcome) => ({
        key: outcome,
        name: overview(`outcome.${outcome}`),
        ...outcomeLooks[outcome],
      }))}
      rows={shown.map((item): ChartRow => {
        const name = 'label' in item ? nameOf(item) : format.calendarDay(item.value);
        return {
          id: item.value,
          label: name.length <= 14 ? name : `${name.slice(0, 13)}…`,
          title: name,
          values: Object.fromEntries(
            outcomes.map((outcome) => [outcome, 'label' in item ? item[outcome] : 0]),
          ),
        };
      })}
      hrefOf={(row, series) => {
        const item = known.get(row.id);
        return item === undefined
          ? undefined
          : rowHref(item, report, {
              outcome: series === undefined ? [] : outcomes.filter((one) => one === series.key),
            });
      }}
    />
  );
}

/** Days on which nothing was asked for are in the report no rows, and in the chart noughts. */
function withAllDays(items: readonly UsageRow[]): (UsageRow | { value: string })[] {
  const [first, last] = [items[0]?.value, items.at(-1)?.value];
  if (first === undefined || last === undefined || first === '') return [...items];
  const known = new Map(items.map((item) => [item.value, item]));
  const count = Math.round((Date.parse(last) - Date.parse(first)) / dayMs) + 1;
  return Array.from({ length: count }, (_, index) => {
    const value = new Date(Date.parse(`${first}T12:00:00Z`) + index * dayMs).toISOString().slice(0, 10);
    return known.get(value) ?? { value };
  });
}
