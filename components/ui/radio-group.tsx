'use client';

import { RadioGroup as Primitive } from 'radix-ui';
import type * as React from 'react';
import { cn } from '@/lib/cn';

export function RadioGroup({ className, ...props }: React.ComponentProps<typeof Primitive.Root>) {
  return <Primitive.Root className={cn('grid gap-1', className)} {...props} />;
}

/** One choice with its words, which are part of the target. */
export function RadioItem({
  label,
  hint,
  className,
  ...props
}: Omit<React.ComponentProps<typeof Primitive.Item>, 'children'> & {
  label: React.ReactNode;
  hint?: React.ReactNode;
}) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the radio inside is a button, which a label may hold
    <label className={cn('flex min-h-11 items-center gap-2.5 md:min-h-8', className)}>
      <Primitive.Item
        className="flex size-5 shrink-0 items-center justify-center rounded-full border border-input bg-card data-[state=checked]:border-primary disabled:opacity-60 md:size-4"
        {...props}
      >
        <Primitive.Indicator className="size-2.5 rounded-full bg-primary md:size-2" />
      </Primitive.Item>
      <span className="grid min-w-0">
        <span>{label}</span>
        {hint !== undefined && <span className="text-secondary text-xs">{hint}</span>}
      </span>
    </label>
  );
}
