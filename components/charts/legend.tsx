'use client';

import { ArrowUpRight } from 'lucide-react';
import Link from 'next/link';
import { useId } from 'react';
import { useTranslations } from '@/components/shell/use-translations';
import { cn } from '@/lib/cn';
import type { ChartKind, ChartSeries } from './chart-data';
import { chartColor, HatchPattern } from './hatches';

type LegendProps = {
  kind: ChartKind;
  title: string;
  series: readonly ChartSeries[];
  hidden: ReadonlySet<string>;
  onToggle: (key: string) => void;
};

/** What each line of a chart is; a button each that hides it, and beside it the way to what it counts. */
export function Legend({ kind, title, series, hidden, onToggle }: LegendProps) {
  const t = useTranslations('charts');
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for fields
    <div role="group" aria-label={t('legendOf', { title })} className="flex flex-wrap gap-x-1 gap-y-0.5">
      {series.map((one) => (
        <span key={one.key} className="inline-flex items-center">
          <button
            type="button"
            aria-pressed={!hidden.has(one.key)}
            onClick={() => onToggle(one.key)}
            className="inline-flex min-h-11 items-center gap-1.5 rounded-md px-1.5 text-secondary text-xs hover:bg-muted md:min-h-7"
          >
            <Swatch kind={kind} series={one} isHidden={hidden.has(one.key)} />
            <span className={cn(hidden.has(one.key) && 'line-through')}>{one.name}</span>
          </button>
          {one.href !== undefined && (
            <Link
              href={one.href}
              aria-label={t('listed', { name: one.name })}
              className="inline-flex size-11 items-center justify-center rounded-md text-secondary hover:bg-muted hover:text-text md:size-6"
            >
              <ArrowUpRight aria-hidden className="size-3.5" />
            </Link>
          )}
        </span>
      ))}
    </div>
  );
}

type SwatchProps = { kind: ChartKind; series: ChartSeries; isHidden: boolean };

function Swatch({ kind, series: { color, hatch = 'plain', isDashed }, isHidden }: SwatchProps) {
  const id = useId().replaceAll(':', '');
  const isLine = kind === 'lines' || kind === 'steps';
  return (
    <svg aria-hidden="true" width={16} height={12} className={cn(isHidden && 'opacity-30')}>
      {isLine ? (
        <line
          x1={0}
          x2={16}
          y1={6}
          y2={6}
          stroke={chartColor(color)}
          strokeWidth={2.5}
          strokeDasharray={isDashed === true ? '5 3' : '0'}
        />
      ) : (
        <>
          <defs>
            <HatchPattern id={id} color={color} hatch={hatch} />
          </defs>
          <rect
            x={0.5}
            y={0.5}
            width={15}
            height={11}
            rx={2}
            fill={`url(#${id})`}
            stroke={chartColor(color)}
          />
        </>
      )}
    </svg>
  );
}
