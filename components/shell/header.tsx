'use client';

import { LoaderCircle, PanelLeft, Pause, Play, Search } from 'lucide-react';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { useTranslations } from '@/components/shell/use-translations';
import { useTimeText } from '../clock/clock';
import { useLiveState } from '../live/live';
import { Button } from '../ui/button';
import { NavigationSheet } from './navigation-sheet';
import { pageAt } from './pages';
import { usePreferences } from './preferences-provider';
import { signal } from './signals';
import type { Theme } from './theme';
import { useFormat } from './use-format';
import { useStatus } from './use-status';
import { UserMenu } from './user-menu';

export function Header({ username, theme }: { username: string; theme: Theme }) {
  return (
    <header className="sticky top-0 z-20 flex h-14 items-center gap-1 border-border border-b bg-card px-2 md:h-12 md:gap-2 md:px-4">
      <NavigationSheet />
      <SidebarToggle />
      <Breadcrumb />
      <PaletteButton />
      <div className="ml-auto flex min-w-0 items-center gap-1">
        <RunningJobs />
        <Freshness />
        <PauseButton />
        <UserMenu username={username} initialTheme={theme} />
      </div>
    </header>
  );
}

function SidebarToggle() {
  const t = useTranslations('shell');
  const { isSidebarSmall, set } = usePreferences();
  return (
    <Button
      variant="ghost"
      size="icon"
      aria-label={t('toggleSidebar')}
      aria-expanded={!isSidebarSmall}
      className="max-xl:hidden"
      onClick={() => set({ isSidebarSmall: !isSidebarSmall })}
    >
      <PanelLeft aria-hidden />
    </Button>
  );
}

function Breadcrumb() {
  const t = useTranslations('shell');
  const pathname = usePathname();
  const page = pageAt(pathname);
  if (page === undefined) return null;
  const isDetail = pathname !== page.href && page.href !== '/admin';
  return (
    <nav aria-label={t('breadcrumb')} className="min-w-0 truncate px-1 text-sm max-md:hidden">
      {isDetail ? (
        <Link href={page.href} className="text-primary hover:underline">
          {t(`pages.${page.name}`)}
        </Link>
      ) : (
        <span className="text-secondary">{t(`pages.${page.name}`)}</span>
      )}
    </nav>
  );
}

function PaletteButton() {
  const t = useTranslations('shell');
  return (
    <Button
      variant="outline"
      className="border-border px-3 font-normal text-secondary max-md:size-11 max-md:border-0 max-md:px-0 md:h-8 md:w-72 md:justify-start [&>span]:w-full"
      onClick={() => signal('palette')}
    >
      <Search aria-hidden />
      <span className="max-md:sr-only">{t('search')}</span>
      <kbd aria-hidden className="ml-auto text-xs max-lg:hidden">
        Ctrl K
      </kbd>
    </Button>
  );
}

function RunningJobs() {
  const t = useTranslations('shell');
  const { data } = useStatus();
  const running = data.jobs_running;
  if (running === 0) return null;
  return (
    <Link
      href="/admin/logs?status=running"
      className="inline-flex min-h-11 items-center gap-1.5 rounded-full px-2.5 text-running text-sm hover:bg-running-soft md:min-h-7"
    >
      <LoaderCircle aria-hidden className="size-4 animate-spin motion-reduce:animate-none" />
      <span className="whitespace-nowrap max-sm:sr-only">{t('running', { count: running })}</span>
    </Link>
  );
}

/** How old the newest live data of the page is. */
function Freshness() {
  const t = useTranslations('shell');
  const format = useFormat();
  const { updatedAt } = useLiveState();
  const text = useTimeText((now) => {
    if (updatedAt === undefined) return '';
    // Both moments are of the browser's own clock.
    const at = new Date(now.getTime() - (Date.now() - updatedAt));
    return t('updated', { time: format.pastTime(at, now) });
  });
  return <span className="whitespace-nowrap px-1 text-secondary text-xs max-lg:hidden">{text}</span>;
}

function PauseButton() {
  const t = useTranslations('shell');
  const { isPaused, setPaused } = useLiveState();
  const Icon = isPaused ? Play : Pause;
  const label = t(isPaused ? 'resume' : 'pause');
  return (
    <Button
      variant="ghost"
      className="px-3 max-xl:size-11 max-xl:px-0 md:max-xl:size-9"
      aria-label={label}
      onClick={() => setPaused(!isPaused)}
    >
      <Icon aria-hidden />
      <span className="max-xl:hidden">{label}</span>
    </Button>
  );
}
