'use client';

import { Download } from 'lucide-react';
import { useState } from 'react';
import { useTranslations } from '@/components/shell/use-translations';
import { ConfirmDialog } from '../shell/confirm-dialog';
import { useFormat } from '../shell/use-format';
import { Button } from '../ui/button';
import type { MediaAction } from './task-words';

type BulkActionsProps = {
  /** How many results are meant. */
  count: number;
  isBusy: boolean;
  onStart: (action: MediaAction) => void;
  isZipping: boolean;
  onZip: () => void;
};

const manyDeleted = 10;

/** What can be done with the ticked results at once. */
export function BulkActions({ count, isBusy, onStart, isZipping, onZip }: BulkActionsProps) {
  const t = useTranslations('gallery');
  const format = useFormat();
  const [isAsked, setIsAsked] = useState(false);
  const shown = format.count(count);
  return (
    <>
      {(['keep', 'unkeep'] as const).map((action) => (
        <Button key={action} variant="outline" size="small" isBusy={isBusy} onClick={() => onStart(action)}>
          {t(`bulk.${action}`)}
        </Button>
      ))}
      <Button variant="outline" size="small" isBusy={isZipping} onClick={onZip}>
        <Download aria-hidden />
        {t('bulk.zip')}
      </Button>
      <Button variant="dangerOutline" size="small" isBusy={isBusy} onClick={() => setIsAsked(true)}>
        {t('bulk.delete')}
      </Button>
      <ConfirmDialog
        isOpen={isAsked}
        onOpenChange={setIsAsked}
        title={count === 1 ? t('delete.title') : t('delete.titleMany', { shown })}
        confirmLabel={count === 1 ? t('delete.label') : t('delete.labelMany', { shown })}
        isTyped={count > manyDeleted}
        onConfirm={() => {
          setIsAsked(false);
          onStart('delete');
        }}
      >
        <p>{t('delete.text')}</p>
        <p>{t('delete.stays')}</p>
      </ConfirmDialog>
    </>
  );
}
