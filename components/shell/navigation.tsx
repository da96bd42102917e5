'use client';

import { LayoutDashboard, UsersRound } from 'lucide-react';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { cn } from '@/lib/cn';

const groups = [
  { name: 'Monitor', items: [{ label: 'Overview', href: '/admin', icon: LayoutDashboard }] },
  { name: 'Manage', items: [{ label: 'Accounts', href: '/admin/accounts', icon: UsersRound }] },
];

/** Links to the pages of the console. `onNavigate` closes the sheet on phones. */
export function Navigation({ onNavigate }: { onNavigate?: () => void }) {
  const pathname = usePathname();
  return (
    <nav aria-label="Main" className="grid gap-4">
      {groups.map((group) => (
        <div key={group.name} className="grid gap-1">
          <p className="px-3 text-secondary text-xs md:max-xl:sr-only">{group.name}</p>
          <ul className="grid gap-0.5">
            {group.items.map(({ label, href, icon: Icon }) => {
              const isCurrent = href === '/admin' ? pathname === href : pathname.startsWith(href);
              return (
                <li key={href}>
                  <Link
                    href={href}
                    title={label}
                    aria-current={isCurrent ? 'page' : undefined}
                    {...(onNavigate === undefined ? {} : { onClick: onNavigate })}
                    className={cn(
                      'flex h-11 items-center gap-2.5 rounded-md px-3 md:h-9',
                      isCurrent ? 'bg-muted font-medium' : 'text-secondary hover:bg-muted hover:text-text',
                    )}
                  >
                    <Icon aria-hidden className={cn('size-4 shrink-0', isCurrent && 'text-primary')} />
                    <span className="md:max-xl:sr-only">{label}</span>
                  </Link>
                </li>
              );
            })}
          </ul>
        </div>
      ))}
    </nav>
  );
}
