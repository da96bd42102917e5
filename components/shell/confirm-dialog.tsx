'use client';

import type * as React from 'react';
import { useId, useState } from 'react';
import { useTranslations } from '@/components/shell/use-translations';
import {
  AlertDialog,
  AlertDialogBody,
  AlertDialogCancel,
  AlertDialogContent,
  AlertDialogFooter,
} from '../ui/alert-dialog';
import { Button } from '../ui/button';
import { Input } from '../ui/input';
import { Notice } from '../ui/notice';

type ConfirmDialogProps = {
  isOpen: boolean;
  onOpenChange: (isOpen: boolean) => void;
  /** What is asked: "Delete 3 accounts?" */
  title: string;
  /** What goes, what stays, whether it can be undone; further fields if need be. */
  children: React.ReactNode;
  /** What the button does, in its own words: "Delete 3 accounts". */
  confirmLabel: string;
  /** It closes by `onOpenChange` when that has gone well; a failure stays here as `error`. */
  onConfirm: () => void;
  tone?: 'danger' | 'primary';
  isBusy?: boolean;
  error?: React.ReactNode;
  /** Asks for the word DELETE first: for what takes many things away at once. */
  isTyped?: boolean;
};

const typedWord = 'DELETE';

/** Asks before something that cannot simply be undone. The focus is on "Cancel". */
export function ConfirmDialog({
  isOpen,
  onOpenChange,
  title,
  children,
  confirmLabel,
  onConfirm,
  tone = 'danger',
  isBusy = false,
  error,
  isTyped = false,
}: ConfirmDialogProps) {
  const t = useTranslations('common');
  return (
    <AlertDialog open={isOpen} onOpenChange={onOpenChange}>
      <AlertDialogContent title={title}>
        <Typed isTyped={isTyped} onConfirm={onConfirm}>
          {(field, isReady) => (
            <>
              <AlertDialogBody>
                {children}
                {field}
                <div role="alert" className="empty:hidden">
                  {error !== undefined && error !== null && <Notice tone="danger">{error}</Notice>}
                </div>
              </AlertDialogBody>
              <AlertDialogFooter>
                <AlertDialogCancel asChild>
                  <Button variant="outline">{t('cancel')}</Button>
                </AlertDialogCancel>
                <Button type="submit" variant={tone} isBusy={isBusy} disabled={!isReady}>
                  {confirmLabel}
                </Button>
              </AlertDialogFooter>
            </>
          )}
        </Typed>
      </AlertDialogContent>
    </AlertDialog>
  );
}

/** The form of the question; begins anew each time that the dialog opens. */
function Typed({
  isTyped,
  onConfirm,
  children,
}: {
  isTyped: boolean;
  onConfirm: () => void;
  children: (field: React.ReactNode, isReady: boolean) => React.ReactNode;
}) {
  const t = useTranslations('common');
  const id = useId();
  const [text, setText] = useState('');
  const isReady = !isTyped || text.trim() === typedWord;
  return (
    <form
      className="flex min-h-0 flex-1 flex-col"
      onSubmit={(event) => {
        event.preventDefault();
        if (isReady) onConfirm();
      }}
    >
      {children(
        isTyped && (
          <div className="grid gap-1.5">
            <label htmlFor={id}>{t('typeWord', { word: typedWord })}</label>
            <Input
              id={id}
              value={text}
              autoComplete="off"
              autoCapitalize="characters"
              spellCheck={false}
              onChange={(event) => setText(event.target.value)}
            />
          </div>
        ),
        isReady,
      )}
    </form>
  );
}
