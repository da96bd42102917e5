import Link from 'next/link';
import { Brand } from './brand';
import { Navigation } from './navigation';

export function Sidebar() {
  return (
    <div className="sticky top-0 hidden h-dvh w-14 shrink-0 flex-col gap-4 border-border border-r bg-card p-2 md:flex xl:w-60 xl:p-3">
      <Link href="/admin" className="flex h-9 items-center rounded-md px-2 xl:px-3">
        <Brand isShortBelowDesktop />
      </Link>
      <Navigation />
    </div>
  );
}
