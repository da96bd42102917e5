'use client';

import { X } from 'lucide-react';
import { Dialog as Primitive } from 'radix-ui';
import type * as React from 'react';
import { useEffect, useRef } from 'react';
import { useTranslations } from '@/components/shell/use-translations';
import { cn } from '@/lib/cn';
import { Button } from './button';
import { overlayClasses } from './dialog';
import { ResizeHandle, useDrawerWidth } from './drawer-width';
import { useReturnFocus } from './return-focus';
import { useMediaQuery } from './use-media-query';

type DrawerProps = {
  isOpen: boolean;
  onClose: () => void;
  /** The accessible name of the dialog: an e-mail, a request id. */
  title: string;
  /** Drawn in place of the bare title, such as with a button to copy it. */
  heading?: React.ReactNode;
  /** Buttons beside the close button: newer, older, full page. */
  actions?: React.ReactNode;
  className?: string;
  onKeyDown?: React.KeyboardEventHandler<HTMLDivElement>;
  children: React.ReactNode;
};

/**
 * Details at the right of a list. Below 1,280 px it is a modal dialog over the page, on phones the whole screen; above,
 * the page makes room and goes on working beside it. Opening moves the focus to the title, closing back to where it was.
 * Put what scrolls into `DrawerBody`.
 */
export function Drawer({
  isOpen,
  onClose,
  title,
  heading,
  actions,
  className,
  onKeyDown,
  children,
}: DrawerProps) {
  const t = useTranslations('common');
  const isBeside = useMediaQuery('(min-width: 1280px)');
  const titleRef = useRef<HTMLHeadingElement>(null);
  const contentRef = useRef<HTMLDivElement>(null);
  const focus = useReturnFocus();
  const width = useDrawerWidth();
  const shownWidth = isOpen && isBeside ? width.value : undefined;
  useEffect(() => {
    if (shownWidth === undefined) return;
    const { style } = document.documentElement;
    style.setProperty('--drawer-width', `${shownWidth}px`);
    return () => void style.removeProperty('--drawer-width');
  }, [shownWidth]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another title means that another thing was opened
  useEffect(() => {
    const active = document.activeElement;
    const content = contentRef.current;
    // Moving on by the drawer's own buttons leaves the focus on them.
    if (content === null || content.contains(active)) return;
    focus.opener.current = active;
    titleRef.current?.focus({ preventScroll: true });
  }, [title]);
  return (
    <Primitive.Root open={isOpen} onOpenChange={(open) => !open && onClose()} modal={!isBeside}>
      <Primitive.Portal>
        <Primitive.Overlay className={overlayClasses} />
        <Primitive.Content
          ref={contentRef}
          aria-describedby={undefined}
          onKeyDown={onKeyDown}
          onOpenAutoFocus={(event) => {
            event.preventDefault();
            focus.remember();
            titleRef.current?.focus({ preventScroll: true });
          }}
          onCloseAutoFocus={focus.giveBack}
          onInteractOutside={(event) => isBeside && event.preventDefault()}
          style={isBeside ? { width: width.value } : {}}
          className={cn(
            'fixed inset-y-0 right-0 z-50 flex w-full flex-col border-border bg-card shadow-lg duration-150 data-[state=closed]:animate-out data-[state=closed]:fade-out-0 data-[state=open]:animate-in data-[state=open]:fade-in-0 md:max-w-[560px] md:border-l xl:z-30 xl:max-w-none xl:shadow-none',
            className,
          )}
        >
          {isBeside && <ResizeHandle {...width} label={t('resizePanel')} />}
          <div className="flex items-center gap-1 border-border border-b py-1.5 pr-2 pl-4">
            <div className="flex min-w-0 flex-1 items-center gap-1">
              <Primitive.Title
                ref={titleRef}
                tabIndex={-1}
                className="min-w-0 break-words font-semibold text-lg outline-none"
              >
                {heading ?? title}
              </Primitive.Title>
            </div>
            {actions}
            <Primitive.Close asChild>
              <Button variant="ghost" size="icon" aria-label={t('close')}>
                <X aria-hidden />
              </Button>
            </Primitive.Close>
          </div>
          {children}
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  );
}

export function DrawerBody({ className, ...props }: React.ComponentProps<'div'>) {
  return <div className={cn('min-h-0 flex-1 overflow-y-auto p-4', className)} {...props} />;
}
