import type { Runtime } from '../runtime';

const searchSpanMs = 50 * 3_600_000; // longer than any calendar day: where clocks go back, 25 hours; nobody has 50

/** The zone in which days begin and end: the setting, else that of this machine. */
export const dayZone = ({ settings }: Pick<Runtime, 'settings'>): string =>
  settings.current()['general.time_zone'] || Intl.DateTimeFormat().resolvedOptions().timeZone;

/** The calendar day at a moment in a zone, as `YYYY-MM-DD`. */
export const dayOf = (at: Date, zone: string): string => dayFormat(zone)(at);

/** The moment at which the next day of the zone begins. */
export function endOfDay(at: Date, zone: string): Date {
  const day = dayFormat(zone);
  const today = day(at);
  // Zones move their clocks at midnight too, so the end is looked for instead of computed.
  let [inside, outside] = [at.getTime(), at.getTime() + searchSpanMs];
  while (outside - inside > 1) {
    const middle = Math.floor((inside + outside) / 2);
    if (day(new Date(middle)) === today) inside = middle;
    else outside = middle;
  }
  return new Date(outside);
}

/** The moment at which the day of the zone began. */
export function startOfDay(at: Date, zone: string): Date {
  const day = dayFormat(zone);
  const today = day(at);
  let [outside, inside] = [at.getTime() - searchSpanMs, at.getTime()];
  while (inside - outside > 1) {
    const middle = Math.floor((inside + outside) / 2);
    if (day(new Date(middle)) === today) inside = middle;
    else outside = middle;
  }
  return new Date(inside);
}

/** The last `count` days up to `today`, oldest first. All of them are days of the calendar, whatever the zone. */
export function lastDays(today: string, count: number): string[] {
  const dayMs = 86_400_000;
  const noon = Date.parse(`${today}T12:00:00Z`);
  return Array.from({ length: count }, (_, index) =>
    new Date(noon - (count - 1 - index) * dayMs).toISOString().slice(0, 10),
  );
}

function dayFormat(zone: string): (at: Date) => string {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  });
  return (at) => {
    const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
    return `${parts.year}-${parts.month}-${parts.day}`;
  };
}
