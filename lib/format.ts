/** The languages of the console. */
export type Language = 'en' | 'zh';

/** How to write for a reader. */
export type FormatOptions = { language?: Language; timeZone?: string };

type UnitName = 'ms' | 's' | 'm' | 'h' | 'd';

const words = {
  en: {
    locale: 'en-US',
    units: { ms: 'ms', s: 's', m: 'm', h: 'h', d: 'd' },
    justNow: 'just now',
    now: 'now',
    ago: (time: string) => `${time} ago`,
    in: (time: string) => `in ${time}`,
    expired: (past: string) => `expired ${past}`,
  },
  zh: {
    locale: 'zh-CN',
    units: { ms: '毫秒', s: '秒', m: '分', h: '小时', d: '天' },
    justNow: '刚刚',
    now: '现在',
    ago: (time: string) => `${time}前`,
    in: (time: string) => `${time}后`,
    expired: (past: string) => `${past}过期`,
  },
} as const satisfies Record<
  Language,
  Record<'locale' | 'justNow' | 'now', string> & { units: Record<UnitName, string> } & Record<
      'ago' | 'in' | 'expired',
      (text: string) => string
    >
>;

const wordsOf = (options: FormatOptions) => words[options.language ?? 'en'];

/** What stands where there is nothing to show. */
export const missing = '—';
/** What stands for "no limit". */
export const unlimited = '∞';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** The beginning of a text, of so many signs at most. Never half of one: half an emoji is no text. */
export function shorten(text: string, maxSigns: number): string {
  if (text.length <= maxSigns) return text;
  // No sign is longer than two units, so this holds enough of them.
  return Array.from(text.slice(0, 2 * maxSigns))
    .slice(0, maxSigns)
    .join('');
}

/** How long ago something was: "just now", "32 s ago", "2 d ago", from seven days on the date. */
export function formatPastTime(at: Date, now: Date, options: FormatOptions = {}): string {
  const { justNow, ago, units } = wordsOf(options);
  // A clock that is a little behind the server's shows no future.
  const agoMs = Math.max(0, now.getTime() - at.getTime());
  if (agoMs < 10 * second) return justNow;
  if (agoMs < minute) return ago(`${Math.floor(agoMs / second)} ${units.s}`);
  if (agoMs < hour) return ago(`${Math.floor(agoMs / minute)} ${units.m}`);
  if (agoMs < day) return ago(`${Math.floor(agoMs / hour)} ${units.h}`);
  if (agoMs < 7 * day) return ago(`${Math.floor(agoMs / day)} ${units.d}`);
  return formatDate(at, options);
}

/** How long until something: two units, "in 42 m 10 s". When it is over, "expired 5 m ago". */
export function formatCountdown(until: Date, now: Date, options: FormatOptions = {}): string {
  const { expired, now: rightNow, in: within } = wordsOf(options);
  const leftMs = until.getTime() - now.getTime();
  if (leftMs <= 0) return expired(formatPastTime(until, now, options));
  const left = twoUnits(leftMs, options);
  return left === '' ? rightNow : within(left);
}

function twoUnits(ms: number, options: FormatOptions): string {
  const { units } = wordsOf(options);
  const seconds = Math.floor(ms / second);
  const parts: [number, string][] = [
    [Math.floor(seconds / 86_400), units.d],
    [Math.floor(seconds / 3_600) % 24, units.h],
    [Math.floor(seconds / 60) % 60, units.m],
    [seconds % 60, units.s],
  ];
  const first = parts.findIndex(([count]) => count > 0);
  if (first === -1) return '';
  return parts
    .slice(first, first + 2)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(' ');
}

/** How long something took: "840 ms", "12.4 s", "2 m 05 s", "1 h 03 m". */
export function formatDuration(durationMs: number, options: FormatOptions = {}): string {
  if (!Number.isFinite(durationMs) || durationMs < 0) return missing;
  const { units } = wordsOf(options);
  if (Math.round(durationMs) < second) return `${Math.round(durationMs)} ${units.ms}`;
  const tenths = Math.round(durationMs / 100);
  if (tenths < 600) return `${(tenths / 10).toFixed(1)} ${units.s}`;
  const seconds = Math.round(durationMs / second);
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} ${units.m} ${twoDigits(seconds % 60)} ${units.s}`;
  const minutes = Math.round(durationMs / minute);
  return `${Math.floor(minutes / 60)} ${units.h} ${twoDigits(minutes % 60)} ${units.m}`;
}

/** A time that still runs, without the tenths that would only flicker: "0 s", "50 s", "4 m 10 s". */
export function formatRunningTime(durationMs: number, options: FormatOptions = {}): string {
  const seconds = Math.max(0, Math.floor(durationMs / second));
  if (seconds < 60) return `${seconds} ${wordsOf(options).units.s}`;
  return formatDuration(seconds * second, options);
}

const twoDigits = (count: number) => String(count).padStart(2, '0');

/** A size in decimal units with one decimal: "24.6 MB"; bytes are whole. */
export function formatSize(sizeBytes: number, options: FormatOptions = {}): string {
  if (!Number.isFinite(sizeBytes) || sizeBytes < 0) return missing;
  const { locale } = wordsOf(options);
  if (sizeBytes < 1_000) return `${Math.round(sizeBytes)} B`;
  const unitNames = ['kB', 'MB', 'GB', 'TB', 'PB'];
  let amount = sizeBytes / 1_000;
  let unit = 0;
  // 999.95 would be written as 1000.0.
  while (Math.round(amount * 10) >= 10_000 && unit < unitNames.length - 1) {
    amount /= 1_000;
    unit += 1;
  }
  const digits = { minimumFractionDigits: 1, maximumFractionDigits: 1 };
  return `${new Intl.NumberFormat(locale, digits).format(amount)} ${unitNames[unit]}`;
}

/** An exact count with grouped digits: "1,204". */
export const formatCount = (count: number, options: FormatOptions = {}): string =>
  new Intl.NumberFormat(wordsOf(options).locale, { maximumFractionDigits: 0 }).format(count);

/** A count for a card, where the exact one stands in the tooltip: "12.4K", "1.2万". */
export const formatCompactCount = (count: number, options: FormatOptions = {}): string =>
  new Intl.NumberFormat(wordsOf(options).locale, { notation: 'compact', maximumFractionDigits: 1 }).format(
    count,
  );

/** A limit: its number, or the sign for none. Null and the predecessor's −1 mean "no limit". */
export const formatLimit = (limit: number | null, options: FormatOptions = {}): string =>
  limit === null || limit < 0 ? unlimited : formatCount(limit, options);

/** A share as percent with one decimal: "98.2 %". Of nothing there is no share. */
export function formatRate(part: number, whole: number, options: FormatOptions = {}): string {
  if (whole <= 0) return missing;
  const digits = { minimumFractionDigits: 1, maximumFractionDigits: 1 };
  return `${new Intl.NumberFormat(wordsOf(options).locale, digits).format((100 * part) / whole)} %`;
}

/** The date alone: "Nov 16, 2026". */
export const formatDate = (at: Date, options: FormatOptions = {}): string =>
  dateFormat(options, { dateStyle: 'medium' }).format(at);

/** The date without its year, beside other dates of the same time: "Nov 16". */
export const formatDayMonth = (at: Date, options: FormatOptions = {}): string =>
  dateFormat(options, { month: 'short', day: 'numeric' }).format(at);

/** The time of the day: "14:05". */
export const formatClock = (at: Date, options: FormatOptions = {}): string =>
  dateFormat(options, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(at);

/** Date without its year, and time: "Nov 16, 14:05". */
export const formatDayTime = (at: Date, options: FormatOptions = {}): string =>
  dateFormat(options, {
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).format(at);

/** Date and time with seconds and zone, for a tooltip. */
export const formatFullTime = (at: Date, options: FormatOptions = {}): string =>
  dateFormat(options, {
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'short',
  }).format(at);

const dateFormat = (options: FormatOptions, parts: Intl.DateTimeFormatOptions) =>
  new Intl.DateTimeFormat(wordsOf(options).locale, {
    ...parts,
    ...(options.timeZone === undefined ? {} : { timeZone: options.timeZone }),
  });
