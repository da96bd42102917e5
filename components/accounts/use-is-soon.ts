'use client';

import { useTimeText } from '../clock/clock';

const soonMs = 5 * 60_000;

/** Whether something ends within five minutes, or has ended. */
export const useIsSoon = (until: string | null): boolean =>
  useTimeText((now) =>
    until !== null && new Date(until).getTime() - now.getTime() < soonMs ? 'soon' : '',
  ) !== '';
