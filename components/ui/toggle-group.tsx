'use client';

import { ToggleGroup as Primitive } from 'radix-ui';
import type * as React from 'react';
import { cn } from '@/lib/cn';

/** Buttons of which one (`type="single"`) or several (`type="multiple"`) are pressed. Name it by `aria-label`. */
export function ToggleGroup({ className, ...props }: React.ComponentProps<typeof Primitive.Root>) {
  return <Primitive.Root className={cn('flex flex-wrap gap-1', className)} {...props} />;
}

export function ToggleGroupItem({ className, ...props }: React.ComponentProps<typeof Primitive.Item>) {
  return (
    <Primitive.Item
      className={cn(
        'inline-flex h-11 min-w-11 items-center justify-center gap-1.5 rounded-md border border-input bg-card px-3 text-sm hover:bg-muted disabled:cursor-not-allowed disabled:opacity-60 data-[state=on]:border-primary data-[state=on]:bg-primary data-[state=on]:text-on-primary md:h-8 md:min-w-8 [&_svg]:size-4 [&_svg]:shrink-0',
        className,
      )}
      {...props}
    />
  );
}
