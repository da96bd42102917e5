/** What is known of the live data of a page. Times are milliseconds since the epoch, on the browser's clock. */
export type LiveState = {
  isPaused: boolean;
  /** When the newest of it came. */
  updatedAt: number | undefined;
  /** How many questions in a row had no good answer. */
  failures: number;
  /** When the last of them failed. */
  failedAt: number | undefined;
};

const longestPauseMs = 60_000;

/** How long until the next question. Two failures in a row double it, each further one again, up to a minute. */
export function pauseAfter(everyMs: number, failures: number): number {
  if (failures < 2) return everyMs;
  return Math.max(everyMs, Math.min(longestPauseMs, everyMs * 2 ** (failures - 1)));
}

/** From the second failure on the reader is told. */
export const isLost = ({ failures }: Pick<LiveState, 'failures'>): boolean => failures >= 2;
