'use client';

import { Check, Minus } from 'lucide-react';
import { Checkbox as Primitive } from 'radix-ui';
import type * as React from 'react';
import { cn } from '@/lib/cn';

/** A box to tick. On phones the target around the box is 44 px wide and high. */
export function Checkbox({ className, ...props }: React.ComponentProps<typeof Primitive.Root>) {
  return (
    <Primitive.Root
      className={cn(
        'group relative flex size-5 shrink-0 items-center justify-center rounded-md border border-input bg-card after:absolute after:-inset-0.5 max-md:after:-inset-3 data-[state=checked]:border-primary data-[state=checked]:bg-primary data-[state=indeterminate]:border-primary data-[state=indeterminate]:bg-primary disabled:opacity-60 md:size-4 md:rounded-sm md:after:-inset-1',
        className,
      )}
      {...props}
    >
      <Primitive.Indicator className="text-on-primary">
        <Check
          aria-hidden
          strokeWidth={3}
          className="hidden size-4 group-data-[state=checked]:block md:size-3"
        />
        <Minus
          aria-hidden
          strokeWidth={3}
          className="hidden size-4 group-data-[state=indeterminate]:block md:size-3"
        />
      </Primitive.Indicator>
    </Primitive.Root>
  );
}

/** A box to tick with its words, which are part of the target. */
export function CheckboxField({
  label,
  hint,
  className,
  ...props
}: Omit<React.ComponentProps<typeof Primitive.Root>, 'children'> & {
  label: React.ReactNode;
  hint?: React.ReactNode;
}) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the checkbox inside is a button, which a label may hold
    <label className={cn('flex min-h-11 items-center gap-2.5 md:min-h-8', className)}>
      <Checkbox {...props} />
      <span className="grid min-w-0">
        <span>{label}</span>
        {hint !== undefined && <span className="text-secondary text-xs">{hint}</span>}
      </span>
    </label>
  );
}
