'use client';

import { toast } from 'sonner';
import { useTranslations } from '@/components/shell/use-translations';
import type { AccountRow } from '@/lib/admin-api/accounts';
import { Countdown } from '../clock/time';
import { ConfirmDialog } from '../shell/confirm-dialog';
import { usePersonal } from '../shell/personal';
import { ProblemText } from './problem';
import { sendDelete, useAccountCache } from './queries';
import { ReplaceTokenDialog } from './replace-token-dialog';
import { useAccountActions } from './use-account-actions';
import { useCall } from './use-call';

/** The questions and forms that actions on one account open. `onDeleted` leaves what showed the account. */
export function AccountDialogs({ onDeleted }: { onDeleted?: ((id: string) => void) | undefined }) {
  const { dialog, closeDialog, confirm } = useAccountActions();
  const t = useTranslations('accounts');
  const personal = usePersonal();
  if (dialog === undefined) return null;
  const { row, type } = dialog;
  const name = personal.email(row.email);
  const onOpenChange = (isOpen: boolean) => !isOpen && closeDialog();
  switch (type) {
    case 'replace_token':
      return <ReplaceTokenDialog row={row} onClose={closeDialog} />;
    case 'delete':
      return <DeleteDialog row={row} name={name} onClose={closeDialog} onDeleted={onDeleted} />;
    case 'end_cooldown':
      return (
        <ConfirmDialog
          isOpen
          onOpenChange={onOpenChange}
          title={t('confirm.endCooldownTitle', { name })}
          confirmLabel={t('action.end_cooldown')}
          tone="primary"
          onConfirm={() => {
            closeDialog();
            void confirm(row, 'end_cooldown');
          }}
        >
          <p>
            {t.rich('confirm.endCooldown', {
              when: () => <Countdown until={row.health.until ?? null} over={t('detail.anyMoment')} />,
            })}
          </p>
        </ConfirmDialog>
      );
    case 'disable':
      return (
        <ConfirmDialog
          isOpen
          onOpenChange={onOpenChange}
          title={t('confirm.disableTitle', { name })}
          confirmLabel={t('action.disable')}
          onConfirm={() => {
            closeDialog();
            void confirm(row, 'disable');
          }}
        >
          <p>{t('confirm.disable')}</p>
        </ConfirmDialog>
      );
  }
}

type DeleteProps = {
  row: AccountRow;
  name: string;
  onClose: () => void;
  onDeleted: ((id: string) => void) | undefined;
};

function DeleteDialog({ row, name, onClose, onDeleted }: DeleteProps) {
  const t = useTranslations('accounts');
  const cache = useAccountCache();
  const { run, isPending, error } = useCall(() => sendDelete(row.id));
  const count = row.running.image + row.running.video;
  const confirm = async () => {
    const ended = await run(undefined);
    if (ended === undefined || 'error' in ended) return;
    const { is_removed: isRemoved, running } = ended.output;
    toast.success(isRemoved ? t('done.delete', { name }) : t('done.deleting', { name, count: running }));
    onClose();
    if (isRemoved) onDeleted?.(row.id);
    await cache.refetch();
  };
  return (
    <ConfirmDialog
      isOpen
      onOpenChange={(isOpen) => !isOpen && !isPending && onClose()}
      title={t('confirm.deleteTitle', { name })}
      confirmLabel={t('confirm.deleteLabel')}
      onConfirm={() => void confirm()}
      isBusy={isPending}
      error={error !== null && <ProblemText error={error} />}
    >
      <p>{t('confirm.delete')}</p>
      {count > 0 && <p>{t('confirm.deleteRunning', { count })}</p>}
    </ConfirmDialog>
  );
}
