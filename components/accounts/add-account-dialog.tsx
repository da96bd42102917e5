'use client';

import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { toast } from 'sonner';
import { useTranslations } from '@/components/shell/use-translations';
import type { AccountCheck, AccountRow } from '@/lib/admin-api/accounts';
import { usePersonal } from '../shell/personal';
import { Dialog, DialogContent } from '../ui/dialog';
import type { TokenForm } from './account-form';
import { CheckStep } from './check-step';
import { DetailsStep } from './details-step';

type AddAccountDialogProps = {
  isOpen: boolean;
  onClose: () => void;
  /** Shows an account that is here already. */
  onOpenAccount: (id: string) => void;
};

/** "Add account" in two steps: first whose session token it is, then how the account is to be used. */
export function AddAccountDialog({ isOpen, onClose, onOpenAccount }: AddAccountDialogProps) {
  const t = useTranslations('accounts');
  const personal = usePersonal();
  const router = useRouter();
  const [isSaving, setIsSaving] = useState(false);
  const finish = (row: AccountRow, isTested: boolean) => {
    onClose();
    toast.success(t('done.add', { name: personal.email(row.email) }));
    if (isTested) router.push(`/admin/playground?account=${encodeURIComponent(row.id)}`);
  };
  return (
    // What is being saved goes on without the dialog, and nobody would learn how it ended.
    <Dialog open={isOpen} onOpenChange={(wanted) => !wanted && !isSaving && onClose()}>
      <DialogContent
        title={t('add.title')}
        description={t('add.nothingSaved')}
        // A pasted token must not be lost by a click beside the dialog.
        onInteractOutside={(event) => event.preventDefault()}
      >
        <Steps
          onAdded={finish}
          onSaving={setIsSaving}
          onOpenAccount={(id) => {
            onClose();
            onOpenAccount(id);
          }}
        />
      </DialogContent>
    </Dialog>
  );
}

/** What is known after step 1. */
export type Checked = TokenForm & { account: AccountCheck };

type StepsProps = {
  onAdded: (row: AccountRow, isTested: boolean) => void;
  onSaving: (isSaving: boolean) => void;
  onOpenAccount: (id: string) => void;
};

/** Lives as long as the dialog is open: afterwards the token is nowhere in the page. */
function Steps({ onAdded, onSaving, onOpenAccount }: StepsProps) {
  const [pasted, setPasted] = useState<TokenForm>({ session_token: '', proxy_url: '' });
  const [checked, setChecked] = useState<AccountCheck>();
  if (checked === undefined) {
    return (
      <CheckStep
        pasted={pasted}
        onChecked={(values, account) => {
          setPasted(values);
          setChecked(account);
        }}
      />
    );
  }
  return (
    <DetailsStep
      checked={{ ...pasted, account: checked }}
      onBack={() => setChecked(undefined)}
      onAdded={onAdded}
      onSaving={onSaving}
      onOpenAccount={onOpenAccount}
    />
  );
}
