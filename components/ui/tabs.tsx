'use client';

import { Tabs as Primitive } from 'radix-ui';
import type * as React from 'react';
import { cn } from '@/lib/cn';

export function Tabs({ className, ...props }: React.ComponentProps<typeof Primitive.Root>) {
  return <Primitive.Root className={cn('grid grid-cols-1 gap-3', className)} {...props} />;
}

/** The row of tabs; give it a name by `aria-label`. */
export function TabsList({ className, ...props }: React.ComponentProps<typeof Primitive.List>) {
  return (
    <Primitive.List
      className={cn('flex min-w-0 gap-1 overflow-x-auto border-border border-b', className)}
      {...props}
    />
  );
}

export function TabsTrigger({ className, ...props }: React.ComponentProps<typeof Primitive.Trigger>) {
  return (
    <Primitive.Trigger
      className={cn(
        '-outline-offset-2 h-11 shrink-0 border-transparent border-b-2 px-3 font-medium text-secondary hover:text-text data-[state=active]:border-primary data-[state=active]:text-text md:h-9',
        className,
      )}
      {...props}
    />
  );
}

export function TabsContent({ className, ...props }: React.ComponentProps<typeof Primitive.Content>) {
  return <Primitive.Content className={cn('min-w-0', className)} {...props} />;
}
