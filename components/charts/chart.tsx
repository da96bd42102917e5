'use client';

import { ChartColumn, Table2 } from 'lucide-react';
import dynamic from 'next/dynamic';
import { useRouter } from 'next/navigation';
import type * as React from 'react';
import { useCallback, useEffect, useId, useRef, useState } from 'react';
import { useTranslations } from '@/components/shell/use-translations';
import { cn } from '@/lib/cn';
import { missing } from '@/lib/format';
import { Button } from '../ui/button';
import { Skeleton } from '../ui/skeleton';
import type { Plot } from './canvas';
import {
  type ChartData,
  type ChartKind,
  type ChartRow,
  type ChartSeries,
  extremes,
  hasAny,
  hasNumbers,
  type PointHref,
  placeAt,
  placeByKey,
} from './chart-data';
import { ChartTable } from './chart-table';
import { Legend } from './legend';

const ChartCanvas = dynamic(() => import('./canvas').then((module) => module.ChartCanvas), {
  ssr: false,
  loading: () => <Skeleton className="size-full" />,
});

export type ChartProps = ChartData & {
  kind: ChartKind;
  /** Its accessible name as well. */
  title: string;
  /** What the numbers are, in a word: "requests". */
  unit: string;
  /** How many there are behind it, in words: "n = 1,204". */
  n?: string | undefined;
  axisName: string;
  format: (value: number) => string;
  /** On the axis, where there is less room. */
  formatTick?: ((value: number) => string) | undefined;
  max?: number | undefined;
  threshold?: { value: number; label: string } | undefined;
  /** "No requests in this range" */
  emptyText: string;
  /** Where noughts are a finding of their own: then only gaps alone are nothing. */
  showsNoughts?: boolean;
  hrefOf?: PointHref | undefined;
  /** Stands beside the title: tabs. */
  actions?: React.ReactNode;
  className?: string;
};

/**
 * A chart with all that it needs to be read without seeing it: a name, a sentence, one tab stop whose arrow keys go from
 * point to point, and the same numbers as a table.
 */
export function Chart(props: ChartProps) {
  const { kind, title, unit, n, series, format, emptyText } = props;
  const t = useTranslations('charts');
  const id = useId();
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const [isTable, setIsTable] = useState(false);
  const shown = series.filter(({ key }) => !hidden.has(key));
  const isEmpty = !(props.showsNoughts === true ? hasAny(props) : hasNumbers(props));
  const summary = useSummary(props, isEmpty);
  const toggle = (key: string) =>
    setHidden((known) => new Set(known.has(key) ? [...known].filter((one) => one !== key) : [...known, key]));
  return (
    <figure
      aria-labelledby={`${id}-title`}
      aria-describedby={`${id}-summary`}
      className={cn(
        'grid min-w-0 grid-cols-1 content-start rounded-lg border border-border bg-card',
        props.className,
      )}
    >
      <figcaption className="flex flex-wrap items-center gap-x-3 gap-y-1 px-4 pt-3">
        <h2 id={`${id}-title`} className="font-semibold text-lg">
          {title}
        </h2>
        <span className="text-secondary text-xs tabular-nums">
          {unit}
          {n !== undefined && ` · ${n}`}
        </span>
        <div className="ml-auto flex items-center gap-1">
          {props.actions}
          {!isEmpty && (
            <Button
              variant="ghost"
              size="small"
              aria-label={t(isTable ? 'viewChartOf' : 'viewTableOf', { title })}
              onClick={() => setIsTable(!isTable)}
            >
              {isTable ? <ChartColumn aria-hidden /> : <Table2 aria-hidden />}
              {t(isTable ? 'viewChart' : 'viewTable')}
            </Button>
          )}
        </div>
      </figcaption>
      <p id={`${id}-summary`} className="sr-only">
        {summary}
      </p>
      {isTable && !isEmpty ? (
        <div className="mt-2 max-h-[300px] overflow-y-auto border-border border-t">
          <ChartTable {...props} format={format} />
        </div>
      ) : (
        <div className="grid grid-cols-1 gap-1 p-4 pt-2">
          {isEmpty ? (
            <p className="grid h-[200px] place-items-center text-secondary text-sm md:h-60">{emptyText}</p>
          ) : (
            <Points {...props} series={shown} id={id.replaceAll(':', '')} />
          )}
          {series.length > 1 && (
            <Legend kind={kind} title={title} series={series} hidden={hidden} onToggle={toggle} />
          )}
        </div>
      )}
    </figure>
  );
}

/** One sentence for those who do not see it. */
function useSummary(props: ChartProps, isEmpty: boolean): string {
  const t = useTranslations('charts');
  if (isEmpty) return props.emptyText;
  const [highest, lowest] = extremes(props);
  if (highest === undefined || lowest === undefined) return props.emptyText;
  const first = props.rows[0]?.title ?? '';
  const last = props.rows.at(-1)?.title ?? '';
  // Of lines the sum means nothing; where there are several, the table tells each.
  if (props.kind === 'lines' && props.series.length > 1) {
    return t('summaryLines', { count: props.rows.length, first, last, unit: props.unit });
  }
  return t('summary', {
    count: props.rows.length,
    unit: props.unit,
    first,
    last,
    highest: props.format(highest.value),
    highestAt: highest.row.title,
    lowest: props.format(lowest.value),
    lowestAt: lowest.row.title,
  });
}

/** The drawing with its points: the pointer shows one, and so do the arrow keys; a click or Enter lists what is behind. */
function Points(props: ChartProps & { id: string }) {
  const { kind, id, title, series, rows, format, hrefOf } = props;
  const t = useTranslations('charts');
  const router = useRouter();
  const [place, setPlace] = useState<number>();
  const plot = useRef<Plot>({ x: 0, y: 0, width: 0, height: 0 });
  const isMoving = useFirstShow();
  const onPlot = useCallback((next: Plot) => {
    plot.current = next;
  }, []);
  const known = place === undefined ? undefined : Math.min(place, rows.length - 1);
  const row = known === undefined ? undefined : rows[known];
  const open = (at: ChartRow | undefined, one?: ChartSeries) => {
    const href = at === undefined ? undefined : hrefOf?.(at, one);
    if (href !== undefined) router.push(href);
  };
  const pointAt = (event: React.PointerEvent<HTMLDivElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    const { x, y, width, height } = plot.current;
    setPlace(
      kind === 'bars'
        ? placeAt(event.clientY - box.top, y, height, rows.length)
        : placeAt(event.clientX - box.left, x, width, rows.length),
    );
  };
  return (
    <div
      role="slider"
      tabIndex={0}
      aria-label={t('pointsOf', { title })}
      aria-valuemin={1}
      aria-valuemax={rows.length}
      aria-valuenow={(known ?? 0) + 1}
      aria-valuetext={pointText(row ?? rows[0], series, format)}
      aria-orientation={kind === 'bars' ? 'vertical' : 'horizontal'}
      className={cn(
        'relative',
        kind === 'bars' ? 'h-[280px]' : 'h-[200px] md:h-60',
        hrefOf !== undefined && row !== undefined && 'cursor-pointer',
      )}
      onPointerMove={pointAt}
      onPointerDown={pointAt}
      onPointerLeave={() => setPlace(undefined)}
      onBlur={() => setPlace(undefined)}
      onFocus={(event) => {
        if (event.currentTarget.matches(':focus-visible')) setPlace((at) => at ?? 0);
      }}
      onClick={() => open(row)}
      onKeyDown={(event) => {
        if (event.ctrlKey || event.metaKey || event.altKey) return;
        if (event.key === 'Enter') return open(row);
        if (event.key === 'Escape') return setPlace(undefined);
        const next = placeByKey(event.key, known, rows.length);
        if (next === undefined) return;
        event.preventDefault();
        setPlace(next);
      }}
    >
      <ChartCanvas
        kind={kind}
        id={id}
        series={series}
        rows={rows}
        format={props.formatTick ?? format}
        max={props.max}
        threshold={props.threshold}
        place={known}
        isMoving={isMoving}
        onPlot={onPlot}
        onPick={open}
      />
      {row !== undefined && known !== undefined && (
        <Reading
          row={row}
          series={series}
          format={format}
          isLeft={kind !== 'bars' && known >= rows.length / 2}
        />
      )}
    </div>
  );
}

const pointText = (
  row: ChartRow | undefined,
  series: readonly ChartSeries[],
  format: (value: number) => string,
) =>
  row === undefined
    ? missing
    : `${row.title}: ${series.map(({ key, name }) => `${name} ${readValue(row.values[key], format)}`).join(', ')}`;

const readValue = (value: number | null | undefined, format: (value: number) => string) =>
  value === null || value === undefined ? missing : format(value);

type ReadingProps = {
  row: ChartRow;
  series: readonly ChartSeries[];
  format: (value: number) => string;
  isLeft: boolean;
};

/** The numbers of the point; on the side where the point is not. */
function Reading({ row, series, format, isLeft }: ReadingProps) {
  return (
    <div
      aria-hidden
      className={cn(
        'pointer-events-none absolute top-1 z-10 max-w-[70%] rounded-md border border-border bg-card px-2.5 py-1.5 text-xs shadow-lg',
        isLeft ? 'left-14' : 'right-2',
      )}
    >
      <p className="mb-1 truncate font-medium">{row.title}</p>
      <dl className="grid grid-cols-[1fr_auto] gap-x-4">
        {series.map(({ key, name }) => (
          <div key={key} className="contents">
            <dt className="text-secondary">{name}</dt>
            <dd className="text-right tabular-nums">{readValue(row.values[key], format)}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

const shownOnceMs = 800;

/** Whether marks move to their places: at the first showing, for those who do not mind. */
function useFirstShow(): boolean {
  const [isFirst, setIsFirst] = useState(
    () => typeof window !== 'undefined' && !window.matchMedia('(prefers-reduced-motion: reduce)').matches,
  );
  useEffect(() => {
    const timer = setTimeout(() => setIsFirst(false), shownOnceMs);
    return () => clearTimeout(timer);
  }, []);
  return isFirst;
}
