'use client';

import { useCallback, useRef } from 'react';
import { toast } from 'sonner';
import { useTranslations } from '@/components/shell/use-translations';
import type { KeyRow, KeyWithValue } from '@/lib/admin-api/keys';
import { Dialog, DialogContent } from '../ui/dialog';
import { changesOf, newKey, valuesOf } from './key-changes';
import { KeyForm } from './key-form';
import type { ModelChoice } from './key-list';
import { useCreateKey, useUpdateKey } from './queries';

type DialogProps = { isOpen: boolean; onClose: () => void; models: readonly ModelChoice[] };

/** Asks for what a new key may do; what comes back holds its value, the only time that it is shown. */
export function CreateKeyDialog({
  isOpen,
  onClose,
  models,
  onCreated,
}: DialogProps & { onCreated: (created: KeyWithValue) => void }) {
  const t = useTranslations('keys');
  const create = useCreateKey();
  const guard = useDirtyGuard();
  const close = () => {
    create.reset();
    onClose();
  };
  return (
    // Closed while the answer is on its way, nobody would ever see the value.
    <Dialog open={isOpen} onOpenChange={(open) => !open && !create.isPending && close()}>
      <DialogContent title={t('create')} {...guard.content}>
        <KeyForm
          initial={newKey}
          models={models}
          submitLabel={t('create')}
          isBusy={create.isPending}
          error={create.error}
          onDirty={guard.onDirty}
          onSubmit={(values) =>
            create.mutate(values, {
              onSuccess: (created) => {
                close();
                onCreated(created);
              },
            })
          }
        />
      </DialogContent>
    </Dialog>
  );
}

/** Changes what a key may do. */
export function EditKeyDialog({ isOpen, onClose, models, row }: DialogProps & { row: KeyRow }) {
  const t = useTranslations('keys');
  const tc = useTranslations('common');
  const update = useUpdateKey();
  const guard = useDirtyGuard();
  const close = () => {
    update.reset();
    onClose();
  };
  return (
    <Dialog open={isOpen} onOpenChange={(open) => !open && close()}>
      <DialogContent title={t('editTitle', { name: row.name })} {...guard.content}>
        <KeyForm
          initial={valuesOf(row)}
          models={models}
          submitLabel={tc('saveChanges')}
          isBusy={update.isPending}
          error={update.error}
          onDirty={guard.onDirty}
          onSubmit={(values) => {
            const changes = changesOf(row, values);
            if (Object.keys(changes).length === 0) return close();
            update.mutate(
              { id: row.id, changes },
              {
                onSuccess: () => {
                  close();
                  toast.success(t('saved', { name: values.name }));
                },
              },
            );
          }}
        />
      </DialogContent>
    </Dialog>
  );
}

/** A click beside the dialog does not throw away what was typed. */
function useDirtyGuard() {
  const isDirty = useRef(false);
  const onDirty = useCallback((dirty: boolean) => {
    isDirty.current = dirty;
  }, []);
  return {
    onDirty,
    content: {
      onInteractOutside: (event: Event) => {
        if (isDirty.current) event.preventDefault();
      },
    },
  };
}
