'use client';

import { LogOut } from 'lucide-react';
import { signOut } from 'next-auth/react';
import { useState } from 'react';
import { toast } from 'sonner';
import { Button } from '../ui/button';

/** Ends the session on the server, then leaves by a full page load, so that nothing of the console stays in memory. */
export function SignOutButton() {
  const [isBusy, setIsBusy] = useState(false);
  const leave = async () => {
    setIsBusy(true);
    try {
      await signOut({ redirect: false });
      window.location.assign('/admin/login');
    } catch {
      setIsBusy(false);
      toast.error('You are still signed in: the gateway does not answer. Try again.', { duration: Infinity });
    }
  };
  return (
    <Button variant="ghost" isBusy={isBusy} onClick={leave} className="px-3">
      <LogOut aria-hidden />
      <span className="max-sm:sr-only">Sign out</span>
    </Button>
  );
}
