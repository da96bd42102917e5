'use client';

import type * as React from 'react';
import { useState } from 'react';
import { toast } from 'sonner';
import type { AccountCheck, AccountRow } from '@/lib/admin-api/accounts';
import { Dialog, DialogContent, DialogTrigger } from '../ui/dialog';
import { CheckStep } from './check-step';
import { DetailsStep } from './details-step';

type AddAccountDialogProps = {
  isOpen: boolean;
  onOpenChange: (isOpen: boolean) => void;
  /** Gets the focus back when the dialog closes, whatever opened it. */
  trigger: React.ReactNode;
};

/** “Add account” in two steps: first whose session token it is, then how the account is to be used. */
export function AddAccountDialog({ isOpen, onOpenChange, trigger }: AddAccountDialogProps) {
  const finish = (row: AccountRow) => {
    onOpenChange(false);
    toast.success(`${row.email} is added.`);
  };
  return (
    <Dialog open={isOpen} onOpenChange={onOpenChange}>
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

/** What is known after step 1. */
export type Checked = { sessionToken: string; proxyUrl: string; account: AccountCheck };

/** Lives as long as the dialog is open: afterwards the token is nowhere in the page. */
function Steps({ onAdded }: { onAdded: (row: AccountRow) => void }) {
  const [checked, setChecked] = useState<Checked>();
  if (checked === undefined) return <CheckStep onChecked={setChecked} />;
  return <DetailsStep checked={checked} onBack={() => setChecked(undefined)} onAdded={onAdded} />;
}
