import type { LogDetail } from '@/lib/admin-api/logs';

type Entry = LogDetail['timeline'][number];

/** One line of the timeline: where its bar stands, and of which attempt it is. */
export type TimelineLine = {
  entry: Entry;
  /** Null: it has not ended. */
  durationMs: number | null;
  /** Which submission it belongs to; null: none was begun before it. */
  attempt: number | null;
  /** Of the whole time, from 0 to 1. */
  start: number;
  share: number;
};

/** The entries in their order with what their bars need; `wholeMs` is how long the request took, or takes already. */
export function timelineLines(timeline: LogDetail['timeline'], wholeMs: number): TimelineLine[] {
  const ends = timeline.map((entry) => Math.max(0, entry.offset_ms) + (durationOf(entry) ?? 0));
  const whole = Math.max(1, wholeMs, ...ends);
  let attempt: number | null = null;
  return timeline.map((entry) => {
    if (entry.type === 'step' && typeof entry.detail.attempt === 'number') attempt = entry.detail.attempt;
    const start = Math.min(1, Math.max(0, entry.offset_ms) / whole);
    const durationMs = durationOf(entry);
    const share = durationMs === null ? 1 - start : Math.min(1 - start, durationMs / whole);
    return { entry, durationMs, attempt, start, share };
  });
}

function durationOf(entry: Entry): number | null {
  if (entry.type === 'call') return entry.duration_ms;
  return entry.ended_at === null ? null : Date.parse(entry.ended_at) - Date.parse(entry.started_at);
}
