'use client';

import Link from 'next/link';
import { cn } from '@/lib/cn';
import { Brand } from './brand';
import { Navigation } from './navigation';
import { usePreferences } from './preferences-provider';

/** 240 px wide, or 56 px of icons: always so on tablets. */
export function Sidebar() {
  const { isSidebarSmall } = usePreferences();
  return (
    <>
      <Column isSmall={isSidebarSmall} className="max-xl:hidden" />
      <Column isSmall className="max-md:hidden xl:hidden" />
    </>
  );
}

function Column({ isSmall, className }: { isSmall: boolean; className: string }) {
  return (
    <div
      className={cn(
        'sticky top-0 flex h-dvh shrink-0 flex-col gap-4 overflow-y-auto border-border border-r bg-card',
        isSmall ? 'w-14 p-2' : 'w-60 p-3',
        className,
      )}
    >
      <Link href="/admin" className={cn('flex h-9 items-center rounded-md', isSmall ? 'px-2' : 'px-3')}>
        <Brand isShort={isSmall} />
      </Link>
      <Navigation isSmall={isSmall} />
    </div>
  );
}
