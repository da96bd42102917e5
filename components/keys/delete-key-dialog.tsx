'use client';

import { toast } from 'sonner';
import { useTranslations } from '@/components/shell/use-translations';
import type { KeyRow } from '@/lib/admin-api/keys';
import { ConfirmDialog } from '../shell/confirm-dialog';
import { QueryProblem } from '../shell/query-problem';
import { useDeleteKey } from './queries';

export function DeleteKeyDialog({
  row,
  isOpen,
  onClose,
}: {
  row: KeyRow;
  isOpen: boolean;
  onClose: () => void;
}) {
  const t = useTranslations('keys');
  const remove = useDeleteKey();
  const close = () => {
    remove.reset();
    onClose();
  };
  const send = () =>
    remove.mutate(row.id, {
      onSuccess: () => {
        close();
        toast.success(t('delete.done', { name: row.name }));
      },
    });
  return (
    <ConfirmDialog
      isOpen={isOpen}
      onOpenChange={(open) => !open && close()}
      title={t('delete.title', { name: row.name })}
      confirmLabel={t('delete.confirm')}
      onConfirm={send}
      isBusy={remove.isPending}
      error={remove.error === null ? undefined : <QueryProblem error={remove.error} onRetry={send} />}
    >
      <p>{t('delete.text')}</p>
      <p>{t('delete.stays')}</p>
      {row.unfinished_jobs > 0 && <p>{t('delete.running', { count: row.unfinished_jobs })}</p>}
    </ConfirmDialog>
  );
}
