'use client';

import { useState } from 'react';
import { useTranslations } from '@/components/shell/use-translations';
import { readSettingText } from '@/lib/admin-api/setting-value';
import type { SettingRow } from '@/lib/admin-api/settings';
import {
  AlertDialog,
  AlertDialogBody,
  AlertDialogCancel,
  AlertDialogContent,
  AlertDialogFooter,
} from '../ui/alert-dialog';
import { Button } from '../ui/button';
import { useFieldText } from './field-text';
import type { FormValue } from './form-values';
import type { Choice } from './use-settings-draft';

type ConflictDialogProps = {
  isOpen: boolean;
  onOpenChange: (isOpen: boolean) => void;
  /** Each setting as it is saved now, with what the reader entered. */
  rows: { row: SettingRow; mine: FormValue | undefined }[];
  onChoose: (choice: Choice) => Promise<void>;
};

/** Shows what the reader entered beside what somebody else saved, and lets them choose. */
export function ConflictDialog({ isOpen, onOpenChange, rows, onChoose }: ConflictDialogProps) {
  const t = useTranslations('settings');
  const common = useTranslations('common');
  const text = useFieldText();
  const [busy, setBusy] = useState<Choice>();
  const choose = async (choice: Choice) => {
    setBusy(choice);
    try {
      await onChoose(choice);
    } finally {
      setBusy(undefined);
    }
  };
  const mineOf = (row: SettingRow, mine: FormValue | undefined) => {
    if (row.is_secret) return text.value(row, null);
    return text.value(row, typeof mine === 'string' ? readSettingText(row, mine) : (mine ?? ''));
  };
  return (
    <AlertDialog open={isOpen} onOpenChange={onOpenChange}>
      <AlertDialogContent title={t('conflict.title')}>
        <AlertDialogBody>
          <p>{t('conflict.text')}</p>
          <dl className="grid gap-3">
            {rows.map(({ row, mine }) => (
              <div key={row.key} className="rounded-md border border-border p-3">
                <dt className="font-medium">{text.label(row)}</dt>
                <dd className="mt-1 grid grid-cols-[auto_1fr] gap-x-3 gap-y-1 text-sm">
                  <span className="text-secondary">{t('conflict.mine')}</span>
                  <span className="min-w-0 break-words">{mineOf(row, mine)}</span>
                  <span className="text-secondary">{t('conflict.theirs')}</span>
                  <span className="min-w-0 break-words">{text.value(row, row.value)}</span>
                </dd>
              </div>
            ))}
          </dl>
        </AlertDialogBody>
        <AlertDialogFooter>
          <AlertDialogCancel asChild>
            <Button variant="outline">{common('cancel')}</Button>
          </AlertDialogCancel>
          <Button variant="outline" isBusy={busy === 'theirs'} onClick={() => void choose('theirs')}>
            {t('conflict.loadTheirs')}
          </Button>
          <Button isBusy={busy === 'mine'} onClick={() => void choose('mine')}>
            {t('conflict.keepMine')}
          </Button>
        </AlertDialogFooter>
      </AlertDialogContent>
    </AlertDialog>
  );
}
