import type * as React from 'react';
import { cn } from '@/lib/cn';

/** A key of the keyboard. */
export function Kbd({ className, ...props }: React.ComponentProps<'kbd'>) {
  return (
    <kbd
      className={cn(
        'inline-flex h-5 min-w-5 items-center justify-center rounded-sm border border-border bg-muted px-1 font-mono text-secondary text-xs',
        className,
      )}
      {...props}
    />
  );
}
