import Link from 'next/link';
import { Brand } from './brand';
import { Navigation } from './navigation';

export function Sidebar() {
  return (
    <div className="sticky top-0 hidden h-dvh w-60 shrink-0 flex-col gap-4 border-border border-r bg-card p-3 md:flex">
      <Link href="/admin" className="flex h-9 items-center rounded-md px-3">
        <Brand />
      </Link>
      <Navigation />
    </div>
  );
}
