'use client';

import { useRouter } from 'next/navigation';
import { useEffect, useRef, useState } from 'react';
import { useTranslations } from '@/components/shell/use-translations';
import { ConfirmDialog } from '../shell/confirm-dialog';

const home = '/admin/settings';
const isInside = (pathname: string) => pathname === home || pathname.startsWith(`${home}/`);

/** The part of the Navigation API that is used here; not every browser has it. */
type NavigateEvent = Event & {
  navigationType: 'push' | 'replace' | 'reload' | 'traverse';
  destination: { url: string; key: string };
};
type Navigation = EventTarget & { traverseTo: (key: string) => unknown };

const findNavigation = (): Navigation | undefined =>
  (window as unknown as { navigation?: Navigation }).navigation;

/** Asks before the reader leaves the settings with `count` changes that are not saved: by a link, Back, or the tab. */
export function LeaveGuard({ count }: { count: number }) {
  const t = useTranslations('settings');
  const router = useRouter();
  const [goOn, setGoOn] = useState<() => void>();
  const isLeaving = useRef(false);
  const isDirty = count > 0;
  useEffect(() => {
    if (!isDirty) return;
    const ask = (go: () => void) => setGoOn(() => go);
    const onUnload = (event: BeforeUnloadEvent) => {
      if (!isLeaving.current) event.preventDefault();
    };
    // Before React hears of it: a link that finds the event prevented goes nowhere.
    const onClick = (event: MouseEvent) => {
      const target = linkOf(event);
      if (target === undefined || isLeaving.current) return;
      event.preventDefault();
      ask(() => router.push(`${target.pathname}${target.search}${target.hash}`));
    };
    const onNavigate = (given: Event) => {
      const event = given as NavigateEvent;
      const { pathname } = new URL(event.destination.url);
      if (event.navigationType !== 'traverse' || !event.cancelable || isLeaving.current) return;
      if (isInside(pathname)) return;
      event.preventDefault();
      ask(() => findNavigation()?.traverseTo(event.destination.key));
    };
    const navigation = findNavigation();
    window.addEventListener('beforeunload', onUnload);
    window.addEventListener('click', onClick, true);
    navigation?.addEventListener('navigate', onNavigate);
    return () => {
      window.removeEventListener('beforeunload', onUnload);
      window.removeEventListener('click', onClick, true);
      navigation?.removeEventListener('navigate', onNavigate);
    };
  }, [isDirty, router]);
  return (
    <ConfirmDialog
      isOpen={goOn !== undefined}
      onOpenChange={(isOpen) => !isOpen && setGoOn(undefined)}
      title={t('leave.title')}
      confirmLabel={t('leave.confirm')}
      onConfirm={() => {
        isLeaving.current = true;
        setGoOn(undefined);
        goOn?.();
      }}
    >
      <p>{t('leave.text', { count })}</p>
    </ConfirmDialog>
  );
}

/** Where a plain click leads, when that is another page of this window outside of the settings. */
function linkOf(event: MouseEvent): URL | undefined {
  if (event.defaultPrevented || event.button !== 0) return undefined;
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return undefined;
  const link = event.target instanceof Element ? event.target.closest('a') : null;
  if (link === null || link.target === '_blank' || link.hasAttribute('download')) return undefined;
  const target = new URL(link.href, window.location.href);
  return target.origin !== window.location.origin || isInside(target.pathname) ? undefined : target;
}
