'use client';

import type * as React from 'react';
import { useCallback, useEffect, useState } from 'react';
import { useTranslations } from '@/components/shell/use-translations';
import { ConfirmDialog } from '../shell/confirm-dialog';

/** Asks before what leaves a form with changes that are not saved. `guarded` runs what leaves, at once or afterwards. */
export function useLeaveGuard(): {
  setCount: (count: number) => void;
  guarded: (leave: () => void) => void;
  question: React.ReactNode;
} {
  const t = useTranslations('accounts.leave');
  const [count, setCount] = useState(0);
  const [leave, setLeave] = useState<() => void>();
  useEffect(() => {
    if (count === 0) return;
    const onUnload = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', onUnload);
    return () => window.removeEventListener('beforeunload', onUnload);
  }, [count]);
  const guarded = useCallback(
    (run: () => void) => {
      if (count === 0) run();
      else setLeave(() => run);
    },
    [count],
  );
  return {
    setCount,
    guarded,
    question: (
      <ConfirmDialog
        isOpen={leave !== undefined}
        onOpenChange={(isOpen) => !isOpen && setLeave(undefined)}
        title={t('title', { count })}
        confirmLabel={t('confirm')}
        onConfirm={() => {
          setLeave(undefined);
          setCount(0);
          leave?.();
        }}
      >
        <p>{t('text')}</p>
      </ConfirmDialog>
    ),
  };
}
