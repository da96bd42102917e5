'use client';

import { useState } from 'react';
import { useTranslations } from '@/components/shell/use-translations';
import type { OverviewCharts } from '@/lib/admin-api/overview';
import { Chart } from '../charts/chart';
import type { ChartRow, ChartSeries } from '../charts/chart-data';
import { usePersonal } from '../shell/personal';
import { useFormat } from '../shell/use-format';
import { ToggleGroup, ToggleGroupItem } from '../ui/toggle-group';
import { logsHref, outcomes, spanOfDays, spanOfPoint } from './links';
import { outcomeLooks } from './outcome-looks';

type ChartsProps = { charts: OverviewCharts };

/** The points of the range, without their numbers: what they are called, and what they span. */
function usePoints({ points, bucket, time_zone: zone, until }: OverviewCharts) {
  const format = useFormat();
  const isDays = bucket === 'day' || bucket === 'week';
  return points.map((point, index) => {
    const at = new Date(point.at);
    const day = format.dayMonth(at, isDays ? zone : undefined);
    const isShort = bucket === 'five_minutes' || bucket === 'hour';
    return {
      point,
      span: spanOfPoint(point.at, points[index + 1]?.at ?? until ?? undefined, bucket),
      row: {
        id: point.at,
        label: isShort ? format.clock(at) : day,
        title: isDays ? day : format.dayTime(at),
      },
    };
  });
}

export function RequestsChart({ charts }: ChartsProps) {
  const t = useTranslations('overview');
  const format = useFormat();
  const points = usePoints(charts);
  const span = { since: charts.since, until: charts.until };
  const spans = new Map(points.map(({ row, span: of }) => [row.id, of]));
  const total = points.reduce(
    (sum, { point }) => sum + outcomes.reduce((of, outcome) => of + (point[outcome] ?? 0), 0),
    0,
  );
  return (
    <Chart
      kind="stacked"
      title={t('charts.requests')}
      unit={t('charts.requestsUnit')}
      n={t('n', { n: format.count(total) })}
      axisName={t('charts.time')}
      emptyText={t('charts.empty')}
      format={format.count}
      formatTick={format.compactCount}
      series={outcomes.map((outcome) => ({
        key: outcome,
        name: t(`outcome.${outcome}`),
        ...outcomeLooks[outcome],
        href: logsHref({ ...span, outcome }),
      }))}
      rows={points.map(
        ({ point, row }): ChartRow => ({
          ...row,
          values: Object.fromEntries(outcomes.map((outcome) => [outcome, point[outcome]])),
        }),
      )}
      hrefOf={(row, series) =>
        logsHref({
          ...spans.get(row.id),
          ...(series === undefined ? {} : { outcome: outcomes.filter((one) => one === series.key) }),
        })
      }
    />
  );
}

export function SuccessChart({ charts }: ChartsProps) {
  const t = useTranslations('overview');
  const format = useFormat();
  const points = usePoints(charts);
  const spans = new Map(points.map(({ row, span }) => [row.id, span]));
  const judged = points.reduce((sum, { point }) => sum + (point.succeeded ?? 0) + (point.failed ?? 0), 0);
  return (
    <Chart
      kind="lines"
      title={t('charts.success')}
      unit={t('charts.successUnit')}
      n={t('n', { n: format.count(judged) })}
      axisName={t('charts.time')}
      emptyText={t('charts.empty')}
      showsNoughts
      max={1}
      format={(share) => format.rate(share, 1)}
      formatTick={(share) => `${Math.round(share * 100)} %`}
      series={[{ key: 'rate', name: t('successRate'), color: 1 }]}
      rows={points.map(({ point, row }) => ({ ...row, values: { rate: point.success_rate } }))}
      hrefOf={(row) => logsHref({ ...spans.get(row.id), outcome: ['succeeded', 'failed'] })}
    />
  );
}

export function LatencyChart({ charts }: ChartsProps) {
  const t = useTranslations('overview');
  const common = useTranslations('common');
  const format = useFormat();
  const [kind, setKind] = useState<'image' | 'video'>('image');
  const points = usePoints(charts);
  const spans = new Map(points.map(({ row, span }) => [row.id, span]));
  const href = logsHref({
    since: charts.since,
    until: charts.until,
    type: kind,
    outcome: 'succeeded',
    sort: '-duration',
  });
  return (
    <Chart
      // Another kind is another chart: nothing is hidden in it yet.
      key={kind}
      kind="lines"
      title={t('charts.latency')}
      unit={t('charts.latencyUnit', { kind: common(`kind.${kind}`) })}
      n={t('n', { n: format.count(points.reduce((sum, { point }) => sum + point[`${kind}_succeeded`], 0)) })}
      axisName={t('charts.time')}
      emptyText={t('charts.emptyKind')}
      format={format.duration}
      formatTick={(value) => format.duration(value).replace(/\.0(?= )/, '')}
      series={[
        { key: 'p50', name: t('charts.p50'), color: 3, isDashed: true, href },
        { key: 'p95', name: t('charts.p95'), color: 2, href },
      ]}
      rows={points.map(({ point, row }) => ({
        ...row,
        values: { p50: point[`${kind}_p50_ms`], p95: point[`${kind}_p95_ms`] },
      }))}
      hrefOf={(row) =>
        logsHref({ ...spans.get(row.id), type: kind, outcome: 'succeeded', sort: '-duration' })
      }
      actions={
        <ToggleGroup
          type="single"
          aria-label={t('charts.latencyKind')}
          value={kind}
          onValueChange={(value: string) => {
            if (value === 'image' || value === 'video') setKind(value);
          }}
        >
          {(['image', 'video'] as const).map((one) => (
            <ToggleGroupItem key={one} value={one}>
              {common(`kind.${one}`)}
            </ToggleGroupItem>
          ))}
        </ToggleGroup>
      }
    />
  );
}

export function FilesChart({ charts: { days, time_zone: zone } }: ChartsProps) {
  const t = useTranslations('overview');
  const format = useFormat();
  const sum = (of: 'images' | 'videos') => days.reduce((total, day) => total + (day[of] ?? 0), 0);
  const series: ChartSeries[] = [
    {
      key: 'images',
      name: t('images'),
      color: 1,
      hatch: 'plain',
      href: filesHref('image', days[0]?.day, undefined, zone),
    },
    {
      key: 'videos',
      name: t('videos'),
      color: 2,
      hatch: 'rising',
      href: filesHref('video', days[0]?.day, undefined, zone),
    },
  ];
  return (
    <Chart
      kind="grouped"
      title={t('charts.files')}
      unit={t('charts.filesUnit', { days: days.length })}
      n={t('n', { n: format.count(sum('images') + sum('videos')) })}
      axisName={t('charts.day')}
      emptyText={t('charts.emptyFiles')}
      format={format.count}
      formatTick={format.compactCount}
      series={series}
      rows={days.map(({ day, images, videos }) => ({
        id: day,
        label: format.calendarDay(day),
        title: format.calendarDay(day),
        values: { images, videos },
      }))}
      hrefOf={(row, one) => filesHref(one?.key === 'videos' ? 'video' : 'image', row.id, row.id, zone)}
    />
  );
}

const filesHref = (
  type: 'image' | 'video',
  first: string | undefined,
  last: string | undefined,
  zone: string,
) => logsHref({ ...spanOfDays(first, last, zone), type, outcome: 'succeeded' });

export function CreditsChart({ charts }: ChartsProps) {
  const t = useTranslations('overview');
  const format = useFormat();
  const personal = usePersonal();
  const { credits, credits_known: known, credits_low: low } = charts;
  return (
    <Chart
      kind="bars"
      title={t('charts.credits')}
      unit={t('charts.creditsUnit')}
      n={t('charts.creditsOf', { shown: credits.length, known: format.count(known) })}
      axisName={t('charts.account')}
      emptyText={t('charts.emptyCredits')}
      showsNoughts
      format={format.count}
      formatTick={format.compactCount}
      threshold={{ value: low, label: t('charts.creditsLow', { low: format.count(low) }) }}
      series={[{ key: 'credits', name: t('creditsLeft'), color: 1, hatch: 'rising' }]}
      rows={credits.map(({ account_id: id, email, credits: left }) => {
        const name = personal.email(email);
        return { id, label: shortName(name), title: name, values: { credits: left } };
      })}
      hrefOf={(row) => `/admin/accounts?account=${encodeURIComponent(row.id)}`}
    />
  );
}

/** As much of an address as fits beside a bar. */
const shortName = (email: string): string => (email.length <= 16 ? email : `${email.slice(0, 15)}…`);

export function LoadChart({ charts: { load } }: ChartsProps) {
  const t = useTranslations('overview');
  const format = useFormat();
  const isShort = load.bucket_seconds < 3_600;
  return (
    <Chart
      kind="steps"
      className="xl:col-span-2"
      title={t('charts.load')}
      unit={t('charts.loadUnit')}
      axisName={t('charts.time')}
      emptyText={t('charts.emptyLoad')}
      showsNoughts
      format={format.count}
      series={[
        {
          key: 'image',
          name: t('charts.inFlightImage'),
          color: 1,
          href: '/admin/logs?status=running&type=image',
        },
        {
          key: 'video',
          name: t('charts.inFlightVideo'),
          color: 2,
          isDashed: true,
          href: '/admin/logs?status=running&type=video',
        },
        { key: 'queued', name: t('charts.queued'), color: 3, isDashed: true },
      ]}
      rows={load.points.map(({ at, image, video, queued }) => ({
        id: at,
        label: isShort ? format.clock(new Date(at)) : format.dayMonth(new Date(at)),
        title: format.dayTime(new Date(at)),
        values: { image, video, queued },
      }))}
    />
  );
}
