'use client';

import type * as React from 'react';
import { useState } from 'react';
import { toast } from 'sonner';
import type { AccountCheck, AccountRow } from '@/lib/admin-api/accounts';
import { Dialog, DialogContent, DialogTrigger } from '../ui/dialog';
import { CheckStep } from './check-step';
import { DetailsStep } from './details-step';
import { useIsAdding } from './queries';

type AddAccountDialogProps = {
  isOpen: boolean;
  onOpenChange: (isOpen: boolean) => void;
  /** Gets the focus back when the dialog closes, whatever opened it. */
  trigger: React.ReactNode;
};

/** “Add account” in two steps: first whose session token it is, then how the account is to be used. */
export function AddAccountDialog({ isOpen, onOpenChange, trigger }: AddAccountDialogProps) {
  const isAdding = useIsAdding();
  // What is being saved goes on without the dialog, and nobody would learn how it ended.
  const change = (isWanted: boolean) => {
    if (isWanted || !isAdding) onOpenChange(isWanted);
  };
  const finish = (row: AccountRow) => {
    onOpenChange(false);
    toast.success(`${row.email} is added.`);
  };
  return (
    <Dialog open={isOpen} onOpenChange={change}>
      <DialogTrigger asChild>{trigger}</DialogTrigger>
      <DialogContent
        title="Add account"
        description="Nothing is saved before the last step."
        // A pasted token must not be lost by a click beside the dialog.
        onInteractOutside={(event) => event.preventDefault()}
      >
        <Steps onAdded={finish} />
      </DialogContent>
    </Dialog>
  );
}

/** What is typed in step 1; kept when one comes back to it. */
export type Pasted = { sessionToken: string; proxyUrl: string };

/** What is known after step 1. */
export type Checked = Pasted & { account: AccountCheck };

/** Lives as long as the dialog is open: afterwards the token is nowhere in the page. */
function Steps({ onAdded }: { onAdded: (row: AccountRow) => void }) {
  const [pasted, setPasted] = useState({ sessionToken: '', proxyUrl: '' });
  const [checked, setChecked] = useState<Checked>();
  if (checked === undefined) {
    return <CheckStep pasted={pasted} onPaste={setPasted} onChecked={setChecked} />;
  }
  return <DetailsStep checked={checked} onBack={() => setChecked(undefined)} onAdded={onAdded} />;
}
