import { formatDuration } from '@/lib/format';

/** A time that still runs, without the tenths that would only flicker: "50 s", "4 m 10 s". */
export const formatWholeSeconds = (ms: number): string =>
  ms < 1_000 ? '0 s' : formatDuration(Math.floor(ms / 1_000) * 1_000).replace('.0 ', ' ');
