'use client';

import { formatCountdown, formatDuration, formatFullTime, formatPastTime, missing } from '@/lib/format';
import { useTimeText } from './clock';
import { formatWholeSeconds } from './whole-seconds';

/** How long ago something was; the full date is its tooltip. */
export function PastTime({ at }: { at: string | null }) {
  const text = useTimeText((now) => (at === null ? missing : formatPastTime(new Date(at), now)));
  return at === null ? <Missing /> : <Instant at={at} text={text} />;
}

/** How long until something. `over` takes the place of "expired …" for what does not expire. */
export function Countdown({ until, over }: { until: string | null; over?: string }) {
  const text = useTimeText((now) => {
    if (until === null) return missing;
    const end = new Date(until);
    return over !== undefined && end <= now ? over : formatCountdown(end, now);
  });
  return until === null ? <Missing /> : <Instant at={until} text={text} />;
}

/** How long something took, or takes already. */
export function Elapsed({ from, to }: { from: string | null; to: string | null }) {
  const text = useTimeText((now) => {
    if (from === null) return missing;
    const end = to === null ? now : new Date(to);
    const ms = Math.max(0, end.getTime() - new Date(from).getTime());
    return to === null ? formatWholeSeconds(ms) : formatDuration(ms);
  });
  return from === null ? <Missing /> : <span className="whitespace-nowrap tabular-nums">{text}</span>;
}

export function Missing() {
  return (
    <>
      <span aria-hidden>{missing}</span>
      <span className="sr-only">not available</span>
    </>
  );
}

function Instant({ at, text }: { at: string; text: string }) {
  return (
    // The server writes dates in its own time zone, the browser in the reader's.
    <time
      dateTime={at}
      title={formatFullTime(new Date(at))}
      className="whitespace-nowrap tabular-nums"
      suppressHydrationWarning
    >
      {text}
    </time>
  );
}
