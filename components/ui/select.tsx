'use client';

import { Check, ChevronDown } from 'lucide-react';
import { Select as Primitive } from 'radix-ui';
import type * as React from 'react';
import { cn } from '@/lib/cn';

export const Select = Primitive.Root;

/** The closed control. It stands in a `Field`, or says its name by `aria-label`. */
export function SelectTrigger({
  className,
  placeholder,
  children,
  ...props
}: React.ComponentProps<typeof Primitive.Trigger> & { placeholder?: string }) {
  return (
    <Primitive.Trigger
      className={cn(
        'inline-flex h-11 w-full min-w-0 items-center justify-between gap-2 rounded-md border border-input bg-card px-3 text-left text-[16px] leading-5 aria-invalid:border-danger data-[placeholder]:text-secondary disabled:opacity-60 md:h-9 md:text-base',
        className,
      )}
      {...props}
    >
      <span className="min-w-0 truncate">
        {children ?? <Primitive.Value {...(placeholder === undefined ? {} : { placeholder })} />}
      </span>
      <Primitive.Icon asChild>
        <ChevronDown aria-hidden className="size-4 shrink-0 text-secondary" />
      </Primitive.Icon>
    </Primitive.Trigger>
  );
}

export function SelectContent({
  className,
  children,
  ...props
}: React.ComponentProps<typeof Primitive.Content>) {
  return (
    <Primitive.Portal>
      <Primitive.Content
        position="popper"
        sideOffset={4}
        collisionPadding={8}
        className={cn(
          'z-60 max-h-(--radix-select-content-available-height) min-w-(--radix-select-trigger-width) overflow-hidden rounded-md border border-border bg-card shadow-lg duration-150 data-[state=open]:animate-in data-[state=open]:fade-in-0',
          className,
        )}
        {...props}
      >
        <Primitive.Viewport className="p-1">{children}</Primitive.Viewport>
      </Primitive.Content>
    </Primitive.Portal>
  );
}

export function SelectItem({ className, children, ...props }: React.ComponentProps<typeof Primitive.Item>) {
  return (
    <Primitive.Item
      className={cn(
        'relative flex min-h-11 cursor-default items-center gap-2 rounded-md py-1.5 pr-3 pl-8 outline-none data-[disabled]:opacity-60 data-[highlighted]:bg-muted md:min-h-8',
        className,
      )}
      {...props}
    >
      <Primitive.ItemIndicator className="absolute left-2">
        <Check aria-hidden className="size-4" />
      </Primitive.ItemIndicator>
      <Primitive.ItemText>{children}</Primitive.ItemText>
    </Primitive.Item>
  );
}
