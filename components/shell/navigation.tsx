'use client';

import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { useTranslations } from '@/components/shell/use-translations';
import { cn } from '@/lib/cn';
import { Tooltip } from '../ui/tooltip';
import { type PageName, pageAt, pageGroups, pages } from './pages';
import { useFormat } from './use-format';
import { useStatus } from './use-status';

type NavigationProps = {
  /** Icons only; their names are in tooltips. */
  isSmall?: boolean;
  /** Closes the sheet on phones. */
  onNavigate?: () => void;
};

/** Links to the pages of the console. */
export function Navigation({ isSmall = false, onNavigate }: NavigationProps) {
  const t = useTranslations('shell');
  const current = pageAt(usePathname());
  return (
    <nav aria-label={t('main')} className="grid gap-4">
      {pageGroups.map((group) => (
        <div key={group.name} className="grid gap-1">
          <p className={cn('px-3 text-secondary text-xs', isSmall && 'sr-only')}>
            {t(`groups.${group.name}`)}
          </p>
          <ul className="grid gap-0.5">
            {group.pages.map((name) => (
              <li key={name}>
                <PageLink
                  name={name}
                  isCurrent={current?.name === name}
                  isSmall={isSmall}
                  onNavigate={onNavigate}
                />
              </li>
            ))}
          </ul>
        </div>
      ))}
    </nav>
  );
}

type PageLinkProps = {
  name: PageName;
  isCurrent: boolean;
  isSmall: boolean;
  onNavigate: (() => void) | undefined;
};

function PageLink({ name, isCurrent, isSmall, onNavigate }: PageLinkProps) {
  const t = useTranslations('shell');
  const page = pages.find((known) => known.name === name);
  if (page === undefined) return null;
  const link = (
    <Link
      href={page.href}
      aria-current={isCurrent ? 'page' : undefined}
      {...(onNavigate === undefined ? {} : { onClick: onNavigate })}
      className={cn(
        'relative flex h-11 items-center gap-2.5 rounded-md px-3 md:h-9',
        isCurrent ? 'bg-muted font-medium' : 'text-secondary hover:bg-muted hover:text-text',
      )}
    >
      <page.icon aria-hidden className={cn('size-4 shrink-0', isCurrent && 'text-primary')} />
      <span className={cn('flex-1', isSmall && 'sr-only')}>{t(`pages.${name}`)}</span>
      <Count of={name} isSmall={isSmall} />
    </Link>
  );
  if (!isSmall) return link;
  return (
    <Tooltip side="right" text={t(`pages.${name}`)}>
      {link}
    </Tooltip>
  );
}

/** What waits on a page: accounts that need someone, requests that run. */
function Count({ of: name, isSmall }: { of: PageName; isSmall: boolean }) {
  const t = useTranslations('shell');
  const format = useFormat();
  const { data } = useStatus();
  const counts = {
    accounts: { count: data.accounts.attention, text: 'attention' },
    logs: { count: data.jobs_running, text: 'runningRequests' },
  } as const;
  if (name !== 'accounts' && name !== 'logs') return null;
  const { count, text } = counts[name];
  if (count === 0) return null;
  return (
    <>
      <span
        aria-hidden
        className={cn(
          'rounded-full px-1.5 text-xs tabular-nums',
          name === 'accounts' ? 'bg-warning-soft text-warning' : 'bg-running-soft text-running',
          isSmall && 'absolute top-0 right-0',
        )}
      >
        {format.compactCount(count)}
      </span>
      <span className="sr-only">{t(text, { count })}</span>
    </>
  );
}
