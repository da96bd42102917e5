'use client';

import { useTranslations } from '@/components/shell/use-translations';
import { missing, unlimited } from '@/lib/format';
import { useFormat } from '../shell/use-format';
import { Tooltip } from '../ui/tooltip';
import { useTimeText } from './clock';

/** How long ago something was; the full date is its tooltip. */
export function PastTime({ at }: { at: string | null }) {
  const format = useFormat();
  const text = useTimeText((now) => (at === null ? missing : format.pastTime(new Date(at), now)));
  return at === null ? <Missing /> : <Instant at={at} text={text} />;
}

/** How long until something. `over` takes the place of "expired …" for what does not expire. */
export function Countdown({ until, over }: { until: string | null; over?: string }) {
  const format = useFormat();
  const text = useTimeText((now) => {
    if (until === null) return missing;
    const end = new Date(until);
    return over !== undefined && end <= now ? over : format.countdown(end, now);
  });
  return until === null ? <Missing /> : <Instant at={until} text={text} />;
}

/** How long something took, or takes already. */
export function Elapsed({ from, to }: { from: string | null; to: string | null }) {
  const format = useFormat();
  const text = useTimeText((now) => {
    if (from === null) return missing;
    const end = to === null ? now : new Date(to);
    const ms = Math.max(0, end.getTime() - new Date(from).getTime());
    return to === null ? format.runningTime(ms) : format.duration(ms);
  });
  return from === null ? <Missing /> : <span className="whitespace-nowrap tabular-nums">{text}</span>;
}

export function Missing() {
  const t = useTranslations('common');
  return (
    <>
      <span aria-hidden>{missing}</span>
      <span className="sr-only">{t('notAvailable')}</span>
    </>
  );
}

/** A limit: its number, or the sign for none with its meaning. */
export function Limit({ value }: { value: number | null }) {
  const t = useTranslations('common');
  const format = useFormat();
  if (value !== null && value >= 0) return <span className="tabular-nums">{format.count(value)}</span>;
  return (
    <>
      <span aria-hidden>{unlimited}</span>
      <span className="sr-only">{t('unlimited')}</span>
    </>
  );
}

function Instant({ at, text }: { at: string; text: string }) {
  const format = useFormat();
  const moment = new Date(at);
  const full = (
    <>
      {format.fullTime(moment)}
      <br />
      {format.utcTime(moment)}
    </>
  );
  return (
    <Tooltip text={full}>
      {/* The first visit does not know the reader's zone before its scripts run. */}
      <time
        dateTime={at}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: its tooltip is for the keyboard too
        tabIndex={0}
        className="whitespace-nowrap tabular-nums"
        suppressHydrationWarning
      >
        {text}
      </time>
    </Tooltip>
  );
}
