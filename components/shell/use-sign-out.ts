'use client';

import { useState } from 'react';
import { toast } from 'sonner';
import { useTranslations } from '@/components/shell/use-translations';
import { callAdmin, isSignedOut } from '@/lib/admin-api/client';
import { signOut } from '@/lib/admin-api/sign-in';

/** Ends the session on the server, then leaves by a full page load, so that nothing of the console stays in memory. */
export function useSignOut() {
  const t = useTranslations('shell');
  const [isBusy, setIsBusy] = useState(false);
  const leave = async () => {
    setIsBusy(true);
    try {
      await callAdmin(signOut);
    } catch (error) {
      if (!isSignedOut(error)) {
        setIsBusy(false);
        const reason = error instanceof Error ? error.message : '';
        toast.error(t('stillSignedIn', { reason }), { duration: Infinity });
        return;
      }
    }
    window.location.assign('/admin/login');
  };
  return { isBusy, leave: () => void leave() };
}
