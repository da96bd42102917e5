'use client';

import { type RefObject, useEffect, useMemo, useRef, useState } from 'react';
import type { LogRow } from '@/lib/admin-api/logs';
import { idOfLog, type News, newsSince, statusesOf } from './live-merge';

type Shown = {
  rows: readonly LogRow[];
  /** Names the view that the rows are of. */
  key: string;
  isAnswer: boolean;
  isLive: boolean;
  /** Changes with every answer, also with one that brought nothing. */
  answeredAt: number;
  /** Around the table. */
  box: RefObject<HTMLElement | null>;
};

const nearTopPx = 40;

/**
 * Whether rows may move now: the page stands at its top and nobody works in it. The button that switches the list live
 * does not count, nor does the table itself.
 */
function isCalm(box: HTMLElement | null): boolean {
  if (window.scrollY > nearTopPx || box === null) return false;
  const scrolled = box.querySelector('table')?.parentElement;
  if (scrolled !== null && scrolled !== undefined && scrolled.scrollTop > nearTopPx) return false;
  if (box.querySelector('tbody:hover') !== null) return false;
  const active = document.activeElement;
  if (active === null || active === document.body) return true;
  return active.matches('h1, main, [data-focus-home], [data-keeps-calm]');
}

/** Holds back new rows of a live list while they would move what somebody reads. */
export function useArrivals({ rows, key, isAnswer, isLive, answeredAt, box }: Shown) {
  const [accepted, setAccepted] = useState(() => ({ key, ids: new Set(rows.map(idOfLog)) }));
  const isHeld = isLive && isAnswer && accepted.key === key;
  const waiting = useMemo(
    () => (isHeld ? rows.filter((row) => !accepted.ids.has(idOfLog(row))) : []),
    [rows, accepted, isHeld],
  );
  const shown = useMemo(
    () => (waiting.length === 0 ? rows : rows.filter((row) => accepted.ids.has(idOfLog(row)))),
    [rows, accepted, waiting],
  );
  const acceptAll = () => setAccepted({ key, ids: new Set(rows.map(idOfLog)) });
  // biome-ignore lint/correctness/useExhaustiveDependencies: each answer is a new moment to look
  useEffect(() => {
    if (!isAnswer) return;
    const isOther = accepted.key !== key || !isLive;
    if (
      isOther ? accepted.key !== key || hasNew(rows, accepted.ids) : waiting.length > 0 && isCalm(box.current)
    )
      acceptAll();
  }, [rows, key, isAnswer, isLive, answeredAt, accepted, waiting]);
  return { shown, waiting: waiting.length, acceptAll };
}

const hasNew = (rows: readonly LogRow[], ids: ReadonlySet<string>) =>
  rows.some((row) => !ids.has(idOfLog(row)));

const announceEveryMs = 10_000;
const nothing: News = { arrived: 0, failed: 0 };

/** What has come since the last announcement, at most every ten seconds; undefined: nothing to say. */
export function useNews({ rows, key, isAnswer, isLive }: Omit<Shown, 'answeredAt' | 'box'>) {
  const [news, setNews] = useState<News>();
  const before = useRef({ key, statuses: statusesOf(rows) });
  const pending = useRef(nothing);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const saidAt = useRef(0);
  useEffect(() => () => clearTimeout(timer.current), []);
  useEffect(() => {
    if (!isAnswer) return;
    const known = before.current;
    before.current = { key, statuses: statusesOf(rows) };
    if (!isLive || known.key !== key) {
      clearTimeout(timer.current);
      timer.current = undefined;
      pending.current = nothing;
      setNews(undefined);
      return;
    }
    const { arrived, failed } = newsSince(known.statuses, rows);
    if (arrived === 0 && failed === 0) return;
    pending.current = { arrived: pending.current.arrived + arrived, failed: pending.current.failed + failed };
    timer.current ??= setTimeout(
      () => {
        timer.current = undefined;
        saidAt.current = Date.now();
        setNews(pending.current);
        pending.current = nothing;
      },
      Math.max(0, saidAt.current + announceEveryMs - Date.now()),
    );
  }, [rows, key, isAnswer, isLive]);
  return news;
}
