'use client';

import type * as React from 'react';
import { useId } from 'react';
import { cn } from '@/lib/cn';
import { Card } from '../ui/card';

/** A part of the overview under its own heading. */
export function Panel({
  title,
  beside,
  className,
  children,
}: {
  title: string;
  beside?: React.ReactNode;
  className?: string;
  children: React.ReactNode;
}) {
  const id = useId();
  return (
    <Card aria-labelledby={id} className={cn('self-start', className)}>
      <div className="flex min-h-12 flex-wrap items-center justify-between gap-x-3 gap-y-1 border-border border-b px-4 py-2">
        <h2 id={id} className="font-semibold text-lg">
          {title}
        </h2>
        {beside}
      </div>
      {children}
    </Card>
  );
}
