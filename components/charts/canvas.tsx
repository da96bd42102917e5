'use client';

import { useEffect } from 'react';
import {
  Area,
  Bar,
  CartesianGrid,
  ComposedChart,
  Line,
  ReferenceLine,
  ResponsiveContainer,
  usePlotArea,
  XAxis,
  YAxis,
} from 'recharts';
import type { ChartData, ChartKind, ChartRow, ChartSeries } from './chart-data';
import { chartColor, HatchPattern, hatchId } from './hatches';

/** Where the axes end, in pixels of the drawing. */
export type Plot = { x: number; y: number; width: number; height: number };

type CanvasProps = ChartData & {
  kind: ChartKind;
  /** Begins the ids of the patterns; unique on the page. */
  id: string;
  format: (value: number) => string;
  /** The most that the axis of values goes to; else as far as the values go. */
  max?: number | undefined;
  /** A line across the bars. */
  threshold?: { value: number; label: string } | undefined;
  place: number | undefined;
  isMoving: boolean;
  onPlot: (plot: Plot) => void;
  onPick: (row: ChartRow, series: ChartSeries) => void;
};

const axis = { fontSize: 12, fill: 'var(--secondary)' } as const;

/** The drawing of a chart. Loaded when one is shown: its library is larger than all the rest of a page. */
export function ChartCanvas(props: CanvasProps) {
  const { kind, id, series, rows, format, max, threshold, place, onPlot } = props;
  const isLying = kind === 'bars';
  const data = rows.map((row) => ({ id: row.id, ...row.values }));
  const labels = new Map(rows.map((row) => [row.id, row.label]));
  const categories = {
    dataKey: 'id',
    scale: 'band',
    type: 'category',
    tickFormatter: (of: string) => labels.get(of) ?? '',
    tick: axis,
    stroke: 'var(--border)',
    tickLine: false,
  } as const;
  const values = {
    type: 'number',
    tickFormatter: format,
    tick: axis,
    axisLine: false,
    tickLine: false,
    allowDecimals: max !== undefined,
    domain: [0, max ?? 'auto'] as [number, number | 'auto'],
  } as const;
  return (
    <ResponsiveContainer width="100%" height="100%">
      <ComposedChart
        data={data}
        layout={isLying ? 'vertical' : 'horizontal'}
        accessibilityLayer={false}
        margin={{ top: threshold === undefined ? 8 : 20, right: 12, bottom: 0, left: 0 }}
        barCategoryGap={rows.length > 20 ? 1 : '15%'}
        barGap={2}
      >
        <defs>
          {series.map(({ key, color, hatch = 'plain' }) => (
            <HatchPattern key={key} id={hatchId(id, key)} color={color} hatch={hatch} />
          ))}
        </defs>
        <CartesianGrid stroke="var(--border)" vertical={isLying} horizontal={!isLying} />
        {isLying ? (
          <>
            <XAxis {...values} />
            <YAxis {...categories} width={132} interval={0} />
          </>
        ) : (
          <>
            <XAxis {...categories} minTickGap={24} interval="preserveStartEnd" />
            <YAxis {...values} width="auto" />
          </>
        )}
        <Cursor place={place} count={rows.length} isLying={isLying} />
        {series.map((one) => drawSeries(one, props))}
        {threshold !== undefined && (
          <ReferenceLine
            x={threshold.value}
            stroke="var(--danger)"
            strokeDasharray="4 3"
            label={{ value: threshold.label, position: 'top', fontSize: 12, fill: 'var(--danger)' }}
          />
        )}
        <PlotReport onPlot={onPlot} />
      </ComposedChart>
    </ResponsiveContainer>
  );
}

/** One line of numbers. Recharts looks at the elements themselves, so this is no component. */
function drawSeries(series: ChartSeries, { kind, id, rows, isMoving, onPick }: CanvasProps) {
  const { key, name, color } = series;
  const common = { dataKey: key, name, isAnimationActive: isMoving, animationDuration: 200 } as const;
  if (kind === 'lines') {
    return (
      <Line
        key={key}
        {...common}
        stroke={chartColor(color)}
        strokeWidth={2}
        strokeDasharray={series.isDashed === true ? '5 4' : '0'}
        connectNulls={false}
        // Without neighbours a point would be no line.
        dot={
          rows.length <= 31 ? { r: 2.5, fill: chartColor(color), strokeWidth: 0 } : lonelyDot(series, rows)
        }
        activeDot={false}
      />
    );
  }
  if (kind === 'steps') {
    return (
      <Area
        key={key}
        {...common}
        type="stepAfter"
        stroke={chartColor(color)}
        strokeWidth={2}
        strokeDasharray={series.isDashed === true ? '5 4' : '0'}
        fill={chartColor(color)}
        fillOpacity={0.12}
        connectNulls={false}
        dot={false}
        activeDot={false}
      />
    );
  }
  return (
    <Bar
      key={key}
      {...common}
      {...(kind === 'stacked' ? { stackId: 'all' } : {})}
      fill={`url(#${hatchId(id, key)})`}
      stroke={chartColor(color)}
      strokeWidth={1}
      maxBarSize={kind === 'bars' ? 18 : 48}
      onClick={(_bar, index, event) => {
        const row = rows[index];
        if (row === undefined) return;
        event.stopPropagation();
        onPick(row, series);
      }}
    />
  );
}

const lonelyDot = ({ key, color }: ChartSeries, rows: readonly ChartRow[]) =>
  function LonelyDot({ cx, cy, index }: { cx?: number; cy?: number; index?: number }) {
    const at = index ?? 0;
    const isKnown = (place: number) => typeof rows[place]?.values[key] === 'number';
    if (!isKnown(at) || isKnown(at - 1) || isKnown(at + 1)) return <g key={at} />;
    return <circle key={at} cx={cx} cy={cy} r={2.5} fill={chartColor(color)} />;
  };

/** Marks the place that is read. */
function Cursor({ place, count, isLying }: { place: number | undefined; count: number; isLying: boolean }) {
  const plot = usePlotArea();
  if (plot === undefined || place === undefined || count === 0) return null;
  const length = (isLying ? plot.height : plot.width) / count;
  const box = isLying
    ? { x: plot.x, y: plot.y + place * length, width: plot.width, height: length }
    : { x: plot.x + place * length, y: plot.y, width: length, height: plot.height };
  return <rect {...box} fill="var(--muted)" stroke="var(--input)" strokeWidth={0.5} />;
}

function PlotReport({ onPlot }: { onPlot: (plot: Plot) => void }) {
  const plot = usePlotArea();
  const { x, y, width, height } = plot ?? { x: 0, y: 0, width: 0, height: 0 };
  useEffect(() => onPlot({ x, y, width, height }), [onPlot, x, y, width, height]);
  return null;
}
