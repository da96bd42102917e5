'use client';

import { X } from 'lucide-react';
import { Dialog as Primitive } from 'radix-ui';
import type * as React from 'react';
import { useTranslations } from '@/components/shell/use-translations';
import { cn } from '@/lib/cn';
import { Button } from './button';
import { useReturnFocus } from './return-focus';

export const Dialog = Primitive.Root;
export const DialogTrigger = Primitive.Trigger;
export const DialogClose = Primitive.Close;

export const overlayClasses =
  'fixed inset-0 z-50 bg-overlay duration-150 data-[state=closed]:animate-out data-[state=closed]:fade-out-0 data-[state=open]:animate-in data-[state=open]:fade-in-0';

const placements = {
  /** In the middle; on phones a sheet of the full width at the bottom, so that its buttons stay in reach. */
  center:
    'inset-x-0 bottom-0 max-h-[92dvh] rounded-t-lg border-t sm:inset-auto sm:top-1/2 sm:left-1/2 sm:max-h-[calc(100dvh-32px)] sm:w-full sm:max-w-xl sm:-translate-x-1/2 sm:-translate-y-1/2 sm:rounded-lg sm:border data-[state=closed]:fade-out-0 data-[state=open]:fade-in-0',
  left: 'inset-y-0 left-0 w-[min(300px,85vw)] border-r data-[state=closed]:slide-out-to-left data-[state=open]:slide-in-from-left',
};

type ContentProps = React.ComponentProps<typeof Primitive.Content> & {
  title: string;
  description?: React.ReactNode;
  placement?: keyof typeof placements;
  /** `false`: nothing but its own buttons closes it. */
  hasClose?: boolean;
};

/** A dialog with its title, its close button, and a body that scrolls while both stay. */
export function DialogContent({
  className,
  title,
  description,
  placement = 'center',
  hasClose = true,
  children,
  ...props
}: ContentProps) {
  const t = useTranslations('common');
  const focus = useReturnFocus();
  return (
    <Primitive.Portal>
      <Primitive.Overlay className={overlayClasses} />
      <Primitive.Content
        className={cn(
          'fixed z-50 flex flex-col overflow-hidden border-border bg-card shadow-lg duration-150 data-[state=closed]:animate-out data-[state=open]:animate-in',
          placements[placement],
          className,
        )}
        {...(description === undefined ? { 'aria-describedby': undefined } : {})}
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
        <div className="flex items-start justify-between gap-4 border-border border-b py-2 pr-2 pl-4">
          <div className="min-w-0 py-1.5">
            <Primitive.Title className="font-semibold text-lg">{title}</Primitive.Title>
            {description !== undefined && (
              <Primitive.Description className="text-secondary text-sm">{description}</Primitive.Description>
            )}
          </div>
          {hasClose && (
            <Primitive.Close asChild>
              <Button variant="ghost" size="icon" aria-label={t('close')}>
                <X aria-hidden />
              </Button>
            </Primitive.Close>
          )}
        </div>
        {children}
      </Primitive.Content>
    </Primitive.Portal>
  );
}

export function DialogBody({ className, ...props }: React.ComponentProps<'div'>) {
  return <div className={cn('grid min-h-0 flex-1 gap-4 overflow-y-auto p-4', className)} {...props} />;
}

export function DialogFooter({ className, ...props }: React.ComponentProps<'div'>) {
  return (
    <div
      className={cn('flex flex-wrap justify-end gap-2 border-border border-t bg-card px-4 py-3', className)}
      {...props}
    />
  );
}
