'use client';

import { LogOut } from 'lucide-react';
import { useState } from 'react';
import { toast } from 'sonner';
import { callAdmin, isSignedOut } from '@/lib/admin-api/client';
import { signOut } from '@/lib/admin-api/sign-in';
import { Button } from '../ui/button';

/** Ends the session on the server, then leaves by a full page load, so that nothing of the console stays in memory. */
export function SignOutButton() {
  const [isBusy, setIsBusy] = useState(false);
  const leave = async () => {
    setIsBusy(true);
    try {
      await callAdmin(signOut);
    } catch (error) {
      if (!isSignedOut(error)) {
        setIsBusy(false);
        const why = error instanceof Error ? error.message : '';
        toast.error(`You are still signed in. ${why}`, { duration: Infinity });
        return;
      }
    }
    window.location.assign('/admin/login');
  };
  return (
    <Button variant="ghost" isBusy={isBusy} onClick={leave} className="px-3">
      <LogOut aria-hidden />
      <span className="max-sm:sr-only">Sign out</span>
    </Button>
  );
}
