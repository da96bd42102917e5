import type { GenerationEvent } from './types';

/** The last event of a job. */
export type JobEnd = Extract<GenerationEvent, { type: 'completed' | 'failed' | 'cancelled' }>;

/**
 * The ends of several jobs as they come, each with the place of its job. Ends early when one of them is followed no more,
 * because the client has left.
 */
export async function* endsOf(
  jobs: readonly AsyncGenerator<GenerationEvent>[],
): AsyncGenerator<{ index: number; end: JobEnd }> {
  const waiting = new Map(jobs.map((events, index) => [index, endOf(events, index)]));
  try {
    while (waiting.size > 0) {
      const { index, end } = await Promise.race(waiting.values());
      waiting.delete(index);
      if (end === undefined) return;
      yield { index, end };
    }
  } finally {
    // Not awaited: what they wait on ends with the request.
    for (const events of jobs) events.return(undefined).catch(() => undefined);
  }
}

async function endOf(
  events: AsyncGenerator<GenerationEvent>,
  index: number,
): Promise<{ index: number; end: JobEnd | undefined }> {
  for await (const event of events) {
    if (event.type === 'completed' || event.type === 'failed' || event.type === 'cancelled') {
      return { index, end: event };
    }
  }
  return { index, end: undefined };
}
