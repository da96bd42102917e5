'use client';

import { useMemo } from 'react';
import { useLocale } from 'use-intl';
import {
  formatClock,
  formatCompactCount,
  formatCount,
  formatCountdown,
  formatDate,
  formatDayMonth,
  formatDayTime,
  formatDuration,
  formatFullTime,
  formatLimit,
  formatPastTime,
  formatRate,
  formatRunningTime,
  formatSize,
} from '@/lib/format';
import { useTimeZone } from './preferences-provider';

/** Numbers, times and sizes as the reader wants them written. */
export function useFormat() {
  const language = useLocale();
  const timeZone = useTimeZone();
  return useMemo(() => {
    const options = { language, timeZone };
    return {
      count: (count: number) => formatCount(count, options),
      compactCount: (count: number) => formatCompactCount(count, options),
      limit: (limit: number | null) => formatLimit(limit, options),
      rate: (part: number, whole: number) => formatRate(part, whole, options),
      size: (bytes: number) => formatSize(bytes, options),
      duration: (ms: number) => formatDuration(ms, options),
      runningTime: (ms: number) => formatRunningTime(ms, options),
      date: (at: Date) => formatDate(at, options),
      /** `zone`: that of the server, for a day that begins and ends there. */
      dayMonth: (at: Date, zone?: string) =>
        formatDayMonth(at, zone === undefined ? options : { language, timeZone: zone }),
      dayTime: (at: Date) => formatDayTime(at, options),
      clock: (at: Date) => formatClock(at, options),
      /** A day of the calendar, `YYYY-MM-DD`, which is the same one in every zone. */
      calendarDay: (day: string) =>
        formatDayMonth(new Date(`${day}T12:00:00Z`), { language, timeZone: 'UTC' }),
      fullTime: (at: Date) => formatFullTime(at, options),
      utcTime: (at: Date) => formatFullTime(at, { language, timeZone: 'UTC' }),
      pastTime: (at: Date, now: Date) => formatPastTime(at, now, options),
      countdown: (until: Date, now: Date) => formatCountdown(until, now, options),
    };
  }, [language, timeZone]);
}
