'use client';

import { Progress as Primitive } from 'radix-ui';
import type * as React from 'react';
import { cn } from '@/lib/cn';

type ProgressProps = {
  /** Its accessible name. */
  label: string;
  /** Null: it is not known how far it is. */
  value: number | null;
  max?: number;
  /** What is read out instead of the percentage: "12 of 40". */
  valueText?: string;
  tone?: 'primary' | 'running' | 'warning' | 'danger';
  className?: string;
};

const tones = {
  primary: 'bg-primary',
  running: 'bg-running',
  warning: 'bg-warning',
  danger: 'bg-danger',
} as const satisfies Record<NonNullable<ProgressProps['tone']>, string>;

/** How far something is. */
export function Progress({
  label,
  value,
  max = 100,
  valueText,
  tone = 'primary',
  className,
}: ProgressProps): React.ReactNode {
  const share = value === null || max <= 0 ? 0 : Math.min(1, Math.max(0, value / max));
  return (
    <Primitive.Root
      aria-label={label}
      value={value === null ? null : share * 100}
      max={100}
      {...(valueText === undefined ? {} : { getValueLabel: () => valueText })}
      className={cn('relative h-2 w-full overflow-hidden rounded-full bg-border', className)}
    >
      <Primitive.Indicator
        className={cn(
          'block h-full origin-left rounded-full',
          tones[tone],
          value === null
            ? 'w-1/3 animate-[progress-slide_1.4s_ease-in-out_infinite] motion-reduce:w-full motion-reduce:animate-none motion-reduce:opacity-40'
            : 'transition-transform duration-200',
        )}
        style={value === null ? {} : { transform: `scaleX(${share})` }}
      />
    </Primitive.Root>
  );
}
