'use client';

import { AlertDialog as Primitive } from 'radix-ui';
import type * as React from 'react';
import { cn } from '@/lib/cn';
import { overlayClasses } from './dialog';
import { useReturnFocus } from './return-focus';

export const AlertDialog = Primitive.Root;
/** Gets the focus when the dialog opens. */
export const AlertDialogCancel = Primitive.Cancel;

/** A question that has to be answered: its text scrolls, its buttons (`AlertDialogFooter`) always stay visible. */
export function AlertDialogContent({
  className,
  title,
  children,
  ...props
}: React.ComponentProps<typeof Primitive.Content> & { title: string }) {
  const focus = useReturnFocus();
  return (
    <Primitive.Portal>
      <Primitive.Overlay className={overlayClasses} />
      <Primitive.Content
        className={cn(
          'fixed inset-x-0 bottom-0 z-50 flex max-h-[92dvh] flex-col overflow-hidden rounded-t-lg border-border border-t bg-card shadow-lg duration-150 data-[state=closed]:animate-out data-[state=closed]:fade-out-0 data-[state=open]:animate-in data-[state=open]:fade-in-0 sm:inset-auto sm:top-1/2 sm:left-1/2 sm:max-h-[calc(100dvh-32px)] sm:w-full sm:max-w-md sm:-translate-x-1/2 sm:-translate-y-1/2 sm:rounded-lg sm:border',
          className,
        )}
        {...props}
        onOpenAutoFocus={(event) => {
          focus.remember();
          props.onOpenAutoFocus?.(event);
        }}
        onCloseAutoFocus={(event) => {
          props.onCloseAutoFocus?.(event);
          if (!event.defaultPrevented) focus.giveBack(event);
        }}
      >
        <Primitive.Title className="px-4 pt-4 font-semibold text-lg">{title}</Primitive.Title>
        {children}
      </Primitive.Content>
    </Primitive.Portal>
  );
}

/** What is asked, and what follows from it. */
export function AlertDialogBody({ className, children }: { className?: string; children: React.ReactNode }) {
  return (
    <div className={cn('min-h-0 flex-1 overflow-y-auto p-4', className)}>
      <Primitive.Description asChild>
        <div className="grid gap-3">{children}</div>
      </Primitive.Description>
    </div>
  );
}

export function AlertDialogFooter({ className, ...props }: React.ComponentProps<'div'>) {
  return (
    <div
      className={cn('flex flex-wrap justify-end gap-2 border-border border-t bg-card px-4 py-3', className)}
      {...props}
    />
  );
}
