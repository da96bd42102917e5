import type * as React from 'react';
import { cn } from '@/lib/cn';

// 16 px on phones: below that, iOS zooms into the field.
export const fieldClasses =
  'w-full rounded-md border border-input bg-card px-3 text-text text-[16px] leading-5 placeholder:text-secondary aria-invalid:border-danger disabled:opacity-60 md:text-base';

export function Input({ className, ...props }: React.ComponentProps<'input'>) {
  return <input className={cn(fieldClasses, 'h-11 md:h-9', className)} {...props} />;
}
