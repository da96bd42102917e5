/** The middle of these numbers; `undefined` of none. */
export function median(values: readonly number[]): number | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted[Math.floor(sorted.length / 2)];
  if (middle === undefined || sorted.length % 2 === 1) return middle;
  return Math.round((middle + (sorted[sorted.length / 2 - 1] ?? middle)) / 2);
}

const straightTo = 0.9; // of the expected time: up to here percent follows the clock
const highest = 99;

/**
 * Percent of a run that takes `expectedMs` as a rule: straight up to 90, then ever slower towards 99, which it never
 * passes. Rises with `elapsedMs` only, so it never falls while the expectation stays the same.
 */
export function estimatePercent(elapsedMs: number, expectedMs: number): number {
  const share = Math.max(0, elapsedMs / Math.max(1, expectedMs));
  if (share <= straightTo) return Math.floor(share * 100);
  const left = highest - straightTo * 100;
  return Math.floor(highest - left * Math.exp(-(share - straightTo) * 3));
}

/** What is known of how far a running job is. */
export type ProgressFacts = { startedAt: Date | null; progress: number | null; expectedMs: number | null };

/** Percent as upstream gives it, else as history suggests, else nothing. */
export function progressOf(
  { startedAt, progress, expectedMs }: ProgressFacts,
  now: Date,
): { percent: number; estimated: boolean } | undefined {
  if (progress !== null) return { percent: Math.min(highest, progress), estimated: false };
  if (startedAt === null || expectedMs === null) return undefined;
  return { percent: estimatePercent(now.getTime() - startedAt.getTime(), expectedMs), estimated: true };
}
