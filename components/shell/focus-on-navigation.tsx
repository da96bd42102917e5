'use client';

import { usePathname } from 'next/navigation';
import { useEffect, useRef } from 'react';

/** After going to another page of the console, the keyboard and the screen reader go on from its title. */
export function FocusOnNavigation() {
  const pathname = usePathname();
  const previous = useRef(pathname);
  useEffect(() => {
    if (previous.current === pathname) return;
    previous.current = pathname;
    document.querySelector('h1')?.focus({ preventScroll: true });
  }, [pathname]);
  return null;
}
