import type * as React from 'react';
import { cn } from '@/lib/cn';

export function Card({ className, ...props }: React.ComponentProps<'section'>) {
  return <section className={cn('min-w-0 rounded-lg border border-border bg-card', className)} {...props} />;
}
