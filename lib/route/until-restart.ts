import { setMaxListeners } from 'node:events';
import type { GenerationEvent } from '../generation/types';
import type { Runtime } from '../runtime';

/** How long a caller may still wait once the process is asked to end, of the time that it gives its requests. */
const patienceShare = 2 / 3;

/**
 * The events of a job, as long as this process serves. When it ends before the job does, the last event says where the
 * result will be, instead of a connection that breaks: jobs outlive the process.
 */
export async function* untilRestart(
  events: AsyncGenerator<GenerationEvent>,
  { life }: { life: Pick<Runtime['life'], 'signal' | 'requestGraceMs'> },
  jobId: string,
): AsyncGenerator<GenerationEvent> {
  const alarm = setAlarm(life);
  try {
    for (;;) {
      const next = await Promise.race([events.next(), alarm.rings]);
      if (next === undefined) {
        yield restarting(jobId);
        return;
      }
      if (next.done) return;
      yield next.value;
    }
  } finally {
    alarm.off();
    // Not awaited: what it waits on ends with the request.
    events.return(undefined).catch(() => undefined);
  }
}

/** Rings some time after the signal. */
function setAlarm(life: Pick<Runtime['life'], 'signal' | 'requestGraceMs'>): {
  rings: Promise<undefined>;
  off: () => void;
} {
  const { signal } = life;
  let timer: NodeJS.Timeout | undefined;
  let onAbort = () => {};
  const rings = new Promise<undefined>((resolve) => {
    onAbort = () => {
      timer = setTimeout(() => resolve(undefined), life.requestGraceMs * patienceShare);
    };
  });
  setMaxListeners(0, signal); // one for each stream is no leak
  if (signal.aborted) onAbort();
  else signal.addEventListener('abort', onAbort, { once: true });
  const off = () => {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  };
  return { rings, off };
}

/** `accepted`, because the job goes on: whoever sends the request again pays again. */
const restarting = (jobId: string): GenerationEvent => ({
  type: 'failed',
  error: {
    code: 'result_pending',
    message: `The gateway is restarting. The job goes on: ask for its result at /v1/jobs/${jobId}. Sending the request again would charge again.`,
  },
  media: [],
  accepted: true,
});
