import type { OverviewBucket, OverviewRange } from '../admin-api/overview';
import { GatewayError } from '../errors';
import { dayOf, endOfDay, lastDays, startOfDay } from './day';

/** A span of time in the parts that a chart of it has. */
export type Span = {
  since: Date;
  /** Undefined: it goes on. */
  until: Date | undefined;
  bucket: OverviewBucket;
  /** When each part begins, oldest first. */
  starts: Date[];
};

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const stepMs = { five_minutes: 5 * minuteMs, hour: hourMs, six_hours: 6 * hourMs } as const;
const longestMs = 370 * dayMs;

type Wanted = { range: OverviewRange; since?: string | undefined; until?: string | undefined };

/**
 * The span that is meant, of whole parts, so that its numbers are those of the hours that are counted. Days are those of
 * the zone. Throws `invalid_request` for a custom one that is empty, too long, or has no beginning.
 */
export function spanOf(wanted: Wanted, now: Date, zone: string): Span {
  switch (wanted.range) {
    case '1h':
      return lastParts('five_minutes', 12, now);
    case '24h':
      return lastParts('hour', 24, now);
    case '7d':
      return lastParts('six_hours', 28, now, startOfDay(now, zone));
    case '30d':
      return inDays(30, now, zone);
    default:
      return customSpan(wanted, now, zone);
  }
}

/** The last `count` parts of equal length, the one under way among them. `base`: when some part begins. */
function lastParts(bucket: keyof typeof stepMs, count: number, now: Date, base = new Date(0)): Span {
  const last = partAt(bucket, now, base);
  const starts = Array.from(
    { length: count },
    (_, index) => new Date(last.getTime() - (count - 1 - index) * stepMs[bucket]),
  );
  return { since: starts[0] ?? last, until: undefined, bucket, starts };
}

/** When the part at a moment began. In zones with half hours the hours that are counted still are whole. */
function partAt(bucket: keyof typeof stepMs, at: Date, base = new Date(0)): Date {
  const from = Math.floor(base.getTime() / hourMs) * hourMs;
  const step = stepMs[bucket];
  return new Date(from + Math.floor((at.getTime() - from) / step) * step);
}

function inDays(count: number, now: Date, zone: string): Span {
  const [first = dayOf(now, zone)] = lastDays(dayOf(now, zone), count);
  const since = wholeHour(dayStart(first, zone));
  return { since, until: undefined, bucket: 'day', starts: dayStarts(first, dayOf(now, zone), zone) };
}

function customSpan({ since: from, until: to }: Wanted, now: Date, zone: string): Span {
  if (from === undefined) {
    throw new GatewayError('invalid_request', 'Say since when.', { param: 'since' });
  }
  const [since, end] = [new Date(from), to === undefined ? now : new Date(to)];
  const until = end < now ? end : now;
  const spanMs = until.getTime() - since.getTime();
  if (spanMs <= 0) {
    throw new GatewayError(
      'invalid_request',
      'Choose a beginning that is before the end, and not in the future.',
      {
        param: 'since',
      },
    );
  }
  if (spanMs > longestMs) {
    throw new GatewayError('invalid_request', 'Choose at most a year.', { param: 'since' });
  }
  const isOpen = end >= now;
  if (spanMs <= 3 * hourMs) return parts('five_minutes', since, isOpen ? undefined : until, until);
  const whole = isOpen ? undefined : new Date(Math.ceil(until.getTime() / hourMs) * hourMs);
  const closed = whole !== undefined && whole >= now ? undefined : whole;
  if (spanMs <= 2 * dayMs) return parts('hour', since, closed, until);
  if (spanMs <= 8 * dayMs) return parts('six_hours', since, closed, until, startOfDay(since, zone));
  const days = dayStarts(dayOf(since, zone), dayOf(new Date(until.getTime() - 1), zone), zone);
  const isLong = spanMs > 92 * dayMs;
  const starts = isLong ? days.filter((_, index) => index % 7 === 0) : days;
  return {
    since: wholeHour(days[0] ?? since),
    until: closed,
    bucket: isLong ? 'week' : 'day',
    starts,
  };
}

function parts(
  bucket: keyof typeof stepMs,
  since: Date,
  until: Date | undefined,
  end: Date,
  base = new Date(0),
): Span {
  const first = partAt(bucket, since, base);
  const count = Math.ceil((end.getTime() - first.getTime()) / stepMs[bucket]);
  const starts = Array.from(
    { length: count },
    (_, index) => new Date(first.getTime() + index * stepMs[bucket]),
  );
  return { since: first, until, bucket, starts };
}

/** When each day from `first` to `last` begins. */
function dayStarts(first: string, last: string, zone: string): Date[] {
  const starts = [dayStart(first, zone)];
  for (let day = first; day < last; ) {
    const start = starts.at(-1) ?? new Date(0);
    const usual = new Date(start.getTime() + dayMs);
    // Most days have 24 hours, and looking for the end of one takes fifty steps.
    const isEnd = dayOf(usual, zone) !== dayOf(new Date(usual.getTime() - 1), zone);
    const next = isEnd ? usual : endOfDay(start, zone);
    starts.push(next);
    day = dayOf(next, zone);
  }
  return starts;
}

/** When a day of the zone begins. Its noon in Greenwich is at most 14 hours away from its own. */
function dayStart(day: string, zone: string): Date {
  const noon = Date.parse(`${day}T12:00:00Z`);
  const inside = [0, -12, 12]
    .map((hours) => new Date(noon + hours * hourMs))
    .find((at) => dayOf(at, zone) === day);
  return startOfDay(inside ?? new Date(noon), zone);
}

const wholeHour = (at: Date): Date => new Date(Math.floor(at.getTime() / hourMs) * hourMs);

/** The span before, of the same length: where this one has not ended, that one ends as long after its beginning. */
export function previousOf({ since, until, bucket }: Span, now: Date): { since: Date; until: Date } {
  const end = until ?? now;
  const unit = bucket === 'day' || bucket === 'week' ? dayMs : stepMs[bucket];
  const shift = Math.ceil((end.getTime() - since.getTime()) / unit) * unit;
  return { since: new Date(since.getTime() - shift), until: new Date(end.getTime() - shift) };
}
