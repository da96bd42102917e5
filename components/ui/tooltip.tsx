'use client';

import { Tooltip as Primitive } from 'radix-ui';
import type * as React from 'react';
import { cn } from '@/lib/cn';

/**
 * Explains what it is around, on hover and on focus; Escape puts it away, and the pointer may go into it. What it wraps
 * must be able to take the focus.
 */
export function Tooltip({
  text,
  side = 'top',
  className,
  children,
}: {
  text: React.ReactNode;
  side?: 'top' | 'right' | 'bottom' | 'left';
  className?: string;
  children: React.ReactNode;
}) {
  return (
    <Primitive.Provider delayDuration={300}>
      <Primitive.Root>
        <Primitive.Trigger asChild>{children}</Primitive.Trigger>
        <Primitive.Portal>
          <Primitive.Content
            side={side}
            sideOffset={6}
            collisionPadding={8}
            className={cn(
              'z-60 max-w-80 break-words rounded-md border border-border bg-card px-2.5 py-1.5 text-sm text-text shadow-lg',
              className,
            )}
          >
            {text}
          </Primitive.Content>
        </Primitive.Portal>
      </Primitive.Root>
    </Primitive.Provider>
  );
}
