'use client';

import { Command as Primitive } from 'cmdk';
import { Search } from 'lucide-react';
import type * as React from 'react';
import { cn } from '@/lib/cn';

/** A list that typing narrows. `label` is its accessible name. */
export function Command({ className, ...props }: React.ComponentProps<typeof Primitive>) {
  return <Primitive className={cn('flex min-h-0 flex-col overflow-hidden', className)} {...props} />;
}

export function CommandInput({ className, ...props }: React.ComponentProps<typeof Primitive.Input>) {
  return (
    <div className="flex items-center gap-2 border-border border-b px-3">
      <Search aria-hidden className="size-4 shrink-0 text-secondary" />
      <Primitive.Input
        className={cn(
          '-outline-offset-2 h-11 w-full bg-transparent px-1 text-[16px] placeholder:text-secondary md:text-base',
          className,
        )}
        {...props}
      />
    </div>
  );
}

export function CommandList({ className, ...props }: React.ComponentProps<typeof Primitive.List>) {
  return <Primitive.List className={cn('max-h-80 overflow-y-auto p-1', className)} {...props} />;
}

export function CommandEmpty({ className, ...props }: React.ComponentProps<typeof Primitive.Empty>) {
  return (
    <Primitive.Empty className={cn('px-3 py-6 text-center text-secondary text-sm', className)} {...props} />
  );
}

export function CommandGroup({ className, ...props }: React.ComponentProps<typeof Primitive.Group>) {
  return (
    <Primitive.Group
      className={cn(
        '[&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:py-1.5 [&_[cmdk-group-heading]]:text-secondary [&_[cmdk-group-heading]]:text-xs',
        className,
      )}
      {...props}
    />
  );
}

export function CommandItem({ className, ...props }: React.ComponentProps<typeof Primitive.Item>) {
  return (
    <Primitive.Item
      className={cn(
        'flex min-h-11 cursor-default items-center gap-2 rounded-md px-2 py-1.5 data-[disabled=true]:opacity-60 data-[selected=true]:bg-muted md:min-h-9 [&_svg]:size-4 [&_svg]:shrink-0',
        className,
      )}
      {...props}
    />
  );
}
