'use client';

import type * as React from 'react';
import { useState } from 'react';
import { toast } from 'sonner';
import type { AccountCheck, AccountRow } from '@/lib/admin-api/accounts';
import { Dialog, DialogContent, DialogTrigger } from '../ui/dialog';
import { CheckStep } from './check-step';
import { DetailsStep } from './details-step';

/** What is known after step 1. The token stays in memory until the dialog closes. */
export type Checked = { sessionToken: string; proxyUrl: string; account: AccountCheck };

/** “Add account” in two steps: first whose session token it is, then how the account is to be used. */
export function AddAccountDialog({ trigger }: { trigger: React.ReactNode }) {
  const [isOpen, setIsOpen] = useState(false);
  const [checked, setChecked] = useState<Checked>();
  const change = (open: boolean) => {
    setIsOpen(open);
    if (open) setChecked(undefined);
  };
  const finish = (row: AccountRow) => {
    setIsOpen(false);
    toast.success(`${row.email} is added.`);
  };
  return (
    <Dialog open={isOpen} onOpenChange={change}>
      <DialogTrigger asChild>{trigger}</DialogTrigger>
      <DialogContent
        title="Add account"
        description={checked === undefined ? 'Step 1 of 2: the session token' : 'Step 2 of 2: how it is used'}
        // A pasted token must not be lost by a click beside the dialog.
        onInteractOutside={(event) => event.preventDefault()}
      >
        {checked === undefined ? (
          <CheckStep onChecked={setChecked} />
        ) : (
          <DetailsStep checked={checked} onBack={() => setChecked(undefined)} onAdded={finish} />
        )}
      </DialogContent>
    </Dialog>
  );
}
