'use client';

import { useState } from 'react';
import { useTranslations } from '@/components/shell/use-translations';
import type { StartBulkInput } from '@/lib/admin-api/accounts';
import { ConfirmDialog } from '../shell/confirm-dialog';
import { useFormat } from '../shell/use-format';
import { Button } from '../ui/button';
import { BulkEditDialog } from './bulk-edit-dialog';
import type { BulkAction } from './task-view';

export type BulkChanges = NonNullable<StartBulkInput['changes']>;

type BulkBarProps = {
  /** How many accounts are meant. */
  count: number;
  /** How many of the healthy ones there would be left; 0 asks before it is done. */
  healthyLeft: number | undefined;
  isBusy: boolean;
  onStart: (action: BulkAction, changes?: BulkChanges) => void;
  onExport: () => void;
};

const manyDeleted = 10;
const plain = ['enable', 'disable', 'refresh_access', 'refresh_credits'] as const;

/** What can be done with the ticked accounts at once. */
export function BulkBar({ count, healthyLeft, isBusy, onStart, onExport }: BulkBarProps) {
  const t = useTranslations('accounts');
  const format = useFormat();
  const [asked, setAsked] = useState<'delete' | 'disable' | 'edit'>();
  const close = () => setAsked(undefined);
  const start = (action: BulkAction, changes?: BulkChanges) => {
    close();
    onStart(action, changes);
  };
  return (
    <>
      {plain.map((action) => (
        <Button
          key={action}
          variant="outline"
          size="small"
          isBusy={isBusy}
          onClick={() => (action === 'disable' && healthyLeft === 0 ? setAsked('disable') : start(action))}
        >
          {t(`action.${action}`)}
        </Button>
      ))}
      <Button variant="outline" size="small" isBusy={isBusy} onClick={() => setAsked('edit')}>
        {t('bulk.edit')}
      </Button>
      <Button variant="outline" size="small" onClick={onExport}>
        {t('export.title')}
      </Button>
      <Button variant="dangerOutline" size="small" isBusy={isBusy} onClick={() => setAsked('delete')}>
        {t('action.delete')}
      </Button>
      <ConfirmDialog
        isOpen={asked === 'delete'}
        onOpenChange={close}
        title={t('confirm.bulkDeleteTitle', { count })}
        confirmLabel={t('confirm.bulkDeleteLabel', { count })}
        isTyped={count > manyDeleted}
        onConfirm={() => start('delete')}
      >
        <p>{t('confirm.delete')}</p>
      </ConfirmDialog>
      <ConfirmDialog
        isOpen={asked === 'disable'}
        onOpenChange={close}
        title={t('confirm.bulkDisableTitle', { count: format.count(count) })}
        confirmLabel={t('action.disable')}
        onConfirm={() => start('disable')}
      >
        <p>{t('confirm.disable')}</p>
      </ConfirmDialog>
      {asked === 'edit' && (
        <BulkEditDialog count={count} onClose={close} onSave={(changes) => start('edit', changes)} />
      )}
    </>
  );
}
