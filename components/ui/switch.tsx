'use client';

import { Switch as Primitive } from 'radix-ui';
import type * as React from 'react';
import { cn } from '@/lib/cn';

export function Switch({ className, ...props }: React.ComponentProps<typeof Primitive.Root>) {
  return (
    <Primitive.Root
      className={cn(
        'inline-flex h-6 w-10 shrink-0 items-center rounded-full border border-input bg-muted transition-colors data-[state=checked]:border-primary data-[state=checked]:bg-primary',
        className,
      )}
      {...props}
    >
      <Primitive.Thumb className="block size-4 translate-x-1 rounded-full bg-input transition-transform data-[state=checked]:translate-x-[18px] data-[state=checked]:bg-on-primary" />
    </Primitive.Root>
  );
}
