/** When a key ends. `keep`: as it is now; `date`: with the day that is chosen. */
export const expiryChoices = ['never', '7d', '30d', '90d', 'date'] as const;
export type ExpiryChoice = (typeof expiryChoices)[number] | 'keep';

const dayMs = 86_400_000;
const days = { '7d': 7, '30d': 30, '90d': 90 } as const;

/** The instant that a choice means, as the API takes it; null is never, `''` is a date that was not chosen yet. */
export function expiryOf(
  choice: Exclude<ExpiryChoice, 'keep'>,
  { now, date, timeZone }: { now: Date; date: string; timeZone: string },
): string | null {
  if (choice === 'never') return null;
  if (choice === 'date') return endOfDay(date, timeZone)?.toISOString() ?? '';
  return new Date(now.getTime() + days[choice] * dayMs).toISOString();
}

/** The last second of a day (`YYYY-MM-DD`) in a time zone. */
export function endOfDay(day: string, timeZone: string): Date | undefined {
  const asUtc = Date.parse(`${day}T23:59:59Z`);
  if (Number.isNaN(asUtc)) return undefined;
  // The distance to UTC is that of the moment itself, which may lie on the other side of a change of clocks.
  const guess = asUtc - aheadMs(new Date(asUtc), timeZone);
  return new Date(asUtc - aheadMs(new Date(guess), timeZone));
}

/** The day (`YYYY-MM-DD`) of an instant in a time zone. */
export const dayOf = (at: Date, timeZone: string): string =>
  new Date(at.getTime() + aheadMs(at, timeZone)).toISOString().slice(0, 10);

/** How far the clocks of a zone are ahead of UTC. */
function aheadMs(at: Date, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(at);
  const read = (type: Intl.DateTimeFormatPartTypes) =>
    Number(parts.find((part) => part.type === type)?.value ?? 0);
  const local = Date.UTC(
    read('year'),
    read('month') - 1,
    read('day'),
    read('hour'),
    read('minute'),
    read('second'),
  );
  return local - Math.floor(at.getTime() / 1_000) * 1_000;
}
