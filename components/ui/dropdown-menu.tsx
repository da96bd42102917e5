'use client';

import { Check } from 'lucide-react';
import { DropdownMenu as Primitive } from 'radix-ui';
import type * as React from 'react';
import { cn } from '@/lib/cn';

export const DropdownMenu = Primitive.Root;
export const DropdownMenuTrigger = Primitive.Trigger;
export const DropdownMenuRadioGroup = Primitive.RadioGroup;

export function DropdownMenuContent({ className, ...props }: React.ComponentProps<typeof Primitive.Content>) {
  return (
    <Primitive.Portal>
      <Primitive.Content
        sideOffset={4}
        collisionPadding={8}
        align="end"
        className={cn(
          'z-50 max-h-(--radix-dropdown-menu-content-available-height) min-w-40 max-w-[calc(100vw-16px)] overflow-y-auto rounded-md border border-border bg-card p-1 shadow-lg duration-150 data-[state=closed]:animate-out data-[state=closed]:fade-out-0 data-[state=open]:animate-in data-[state=open]:fade-in-0',
          className,
        )}
        {...props}
      />
    </Primitive.Portal>
  );
}

export function DropdownMenuRadioItem({
  className,
  children,
  ...props
}: React.ComponentProps<typeof Primitive.RadioItem>) {
  return (
    <Primitive.RadioItem
      className={cn(
        'relative flex h-11 items-center gap-2 rounded-md pr-3 pl-8 outline-none data-[highlighted]:bg-muted md:h-8',
        className,
      )}
      {...props}
    >
      <Primitive.ItemIndicator className="absolute left-3">
        <Check aria-hidden className="size-4" />
      </Primitive.ItemIndicator>
      {children}
    </Primitive.RadioItem>
  );
}

const itemClasses =
  'flex min-h-11 cursor-default items-center gap-2 rounded-md px-3 py-1.5 outline-none aria-disabled:opacity-60 data-[disabled]:opacity-60 data-[highlighted]:bg-muted md:min-h-8 [&_svg]:size-4 [&_svg]:shrink-0';

export function DropdownMenuItem({
  className,
  tone = 'usual',
  ...props
}: React.ComponentProps<typeof Primitive.Item> & { tone?: 'usual' | 'danger' }) {
  return (
    <Primitive.Item className={cn(itemClasses, tone === 'danger' && 'text-danger', className)} {...props} />
  );
}

/** Stays open when it is chosen, so that several can be. */
export function DropdownMenuCheckboxItem({
  className,
  children,
  onSelect,
  ...props
}: React.ComponentProps<typeof Primitive.CheckboxItem>) {
  return (
    <Primitive.CheckboxItem
      className={cn(itemClasses, 'relative pl-8', className)}
      onSelect={onSelect ?? ((event) => event.preventDefault())}
      {...props}
    >
      <Primitive.ItemIndicator className="absolute left-2.5">
        <Check aria-hidden />
      </Primitive.ItemIndicator>
      {children}
    </Primitive.CheckboxItem>
  );
}

export function DropdownMenuLabel({ className, ...props }: React.ComponentProps<typeof Primitive.Label>) {
  return <Primitive.Label className={cn('px-3 py-1.5 text-secondary text-xs', className)} {...props} />;
}

export function DropdownMenuSeparator({
  className,
  ...props
}: React.ComponentProps<typeof Primitive.Separator>) {
  return <Primitive.Separator className={cn('-mx-1 my-1 h-px bg-border', className)} {...props} />;
}
