'use client';

import { useId, useState } from 'react';
import { useTranslations } from '@/components/shell/use-translations';
import { graceTimes, type KeyRow, type KeyWithValue } from '@/lib/admin-api/keys';
import { ConfirmDialog } from '../shell/confirm-dialog';
import { QueryProblem } from '../shell/query-problem';
import { RadioGroup, RadioItem } from '../ui/radio-group';
import { useRotateKey } from './queries';

type RotateKeyDialogProps = {
  row: KeyRow;
  isOpen: boolean;
  onClose: () => void;
  onRotated: (rotated: KeyWithValue) => void;
};

/** Gives a key another value, after saying what becomes of the present one. */
export function RotateKeyDialog({ row, isOpen, onClose, onRotated }: RotateKeyDialogProps) {
  const t = useTranslations('keys');
  const id = useId();
  const rotate = useRotateKey();
  const [grace, setGrace] = useState<(typeof graceTimes)[number]>('1h');
  const close = () => {
    rotate.reset();
    onClose();
  };
  const send = () =>
    rotate.mutate(
      { id: row.id, grace },
      {
        onSuccess: (rotated) => {
          close();
          onRotated(rotated);
        },
      },
    );
  return (
    <ConfirmDialog
      isOpen={isOpen}
      // Closed while the answer is on its way, nobody would ever see the new value.
      onOpenChange={(open) => !open && !rotate.isPending && close()}
      title={t('rotate.title', { name: row.name })}
      confirmLabel={t('rotate.confirm')}
      onConfirm={send}
      tone={grace === 'none' ? 'danger' : 'primary'}
      isBusy={rotate.isPending}
      error={rotate.error === null ? undefined : <QueryProblem error={rotate.error} onRetry={send} />}
    >
      <p>{t('rotate.text')}</p>
      <div className="grid gap-1">
        <p id={id} className="font-medium">
          {t('rotate.grace')}
        </p>
        <RadioGroup
          aria-labelledby={id}
          value={grace}
          onValueChange={(value) => setGrace(graceTimes.find((one) => one === value) ?? '1h')}
        >
          {graceTimes.map((one) => (
            <RadioItem key={one} value={one} label={t(`rotate.${one}`)} />
          ))}
        </RadioGroup>
      </div>
    </ConfirmDialog>
  );
}
