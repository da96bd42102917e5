'use client';

import { useState } from 'react';
import { toast } from 'sonner';
import { useTranslations } from 'use-intl';
import { ConfirmDialog } from '../shell/confirm-dialog';
import { QueryProblem } from '../shell/query-problem';
import { useFormat } from '../shell/use-format';
import { RadioGroup, RadioItem } from '../ui/radio-group';
import { useClearLogs } from './queries';

const ages = [90, 30, 7, 0] as const;
type Age = (typeof ages)[number];

type ClearLogsDialogProps = { isOpen: boolean; onClose: () => void; onCleared: () => void };

/** Removes old requests, or all of them. */
export function ClearLogsDialog({ isOpen, onClose, onCleared }: ClearLogsDialogProps) {
  const t = useTranslations('logs.clear');
  const format = useFormat();
  const clear = useClearLogs();
  const [days, setDays] = useState<Age>(90);
  const close = () => {
    clear.reset();
    setDays(90);
    onClose();
  };
  const send = () =>
    clear.mutate(days, {
      onSuccess: ({ removed }) => {
        close();
        toast.success(t('done', { count: removed, shown: format.count(removed) }));
        onCleared();
      },
    });
  return (
    <ConfirmDialog
      isOpen={isOpen}
      onOpenChange={(open) => !open && close()}
      title={t('title')}
      confirmLabel={days === 0 ? t('confirmAll') : t('confirm', { days })}
      onConfirm={send}
      isBusy={clear.isPending}
      isTyped={days === 0}
      error={clear.error === null ? undefined : <QueryProblem error={clear.error} onRetry={send} />}
    >
      <fieldset>
        <legend className="font-medium">{t('which')}</legend>
        <RadioGroup
          aria-label={t('which')}
          value={String(days)}
          onValueChange={(value) => setDays(ages.find((one) => String(one) === value) ?? 90)}
        >
          {ages.map((one) => (
            <RadioItem
              key={one}
              value={String(one)}
              label={one === 0 ? t('all') : t('older', { days: one })}
            />
          ))}
        </RadioGroup>
      </fieldset>
      <p>{t('what')}</p>
      <p>{t('stays')}</p>
    </ConfirmDialog>
  );
}
