import type { PlaygroundJob, PlaygroundRun } from '@/lib/admin-api/playground';

/** One line of the list of stages. */
export type StageLine = {
  key: string;
  name: PlaygroundJob['stages'][number]['name'] | 'done' | 'failed' | 'cancelled';
  state: 'done' | 'current' | 'failed';
  startedAt: string;
  endedAt: string | null;
  account: string | null;
};

/** The stages of an output so far, and how it ended. */
export function stageLines({ id, state, stages, ended_at }: PlaygroundJob): StageLine[] {
  const lines = stages.map(({ name, started_at, ended_at: until, account }, index): StageLine => {
    const isLast = index === stages.length - 1;
    const isCurrent = isLast && ended_at === null && until === null;
    return {
      key: `${id} ${index}`,
      name,
      state: isCurrent ? 'current' : 'done',
      startedAt: started_at,
      endedAt: until ?? ended_at ?? stages[index + 1]?.started_at ?? null,
      account,
    };
  });
  const last = lines.at(-1);
  if (ended_at === null || state === 'queued' || state === 'running') return lines;
  if (state !== 'completed' && last !== undefined) last.state = 'failed';
  return [
    ...lines,
    {
      key: `${id} end`,
      name: state === 'completed' ? 'done' : state,
      state: state === 'completed' ? 'done' : 'failed',
      startedAt: ended_at,
      endedAt: ended_at,
      account: null,
    },
  ];
}

/** How far a run is: the middle of its outputs, where something is known of each. Percent that we guess is marked. */
export function progressOfRun({
  jobs,
}: Pick<PlaygroundRun, 'jobs'>): { percent: number; estimated: boolean } | undefined {
  const parts = jobs.map((job) => {
    if (job.ended_at !== null) return { percent: 100, estimated: false };
    if (job.progress !== null) return job.progress;
    return job.state === 'queued' && jobs.length > 1 ? { percent: 0, estimated: true } : undefined;
  });
  const known = parts.filter((part) => part !== undefined);
  if (known.length < parts.length || known.length === 0) return undefined;
  return {
    percent: Math.floor(known.reduce((sum, { percent }) => sum + percent, 0) / known.length),
    estimated: known.some(({ estimated }) => estimated),
  };
}

/** The quarter that was reached: what is said aloud. */
export const quarterOf = (percent: number): number => Math.floor(percent / 25) * 25;

/** The stage that the run as a whole is in: that of the output that is furthest behind. */
export function slowest({ jobs }: Pick<PlaygroundRun, 'jobs'>): PlaygroundJob | undefined {
  const open = jobs.filter(({ ended_at }) => ended_at === null);
  return open.toSorted((one, other) => one.stages.length - other.stages.length)[0] ?? jobs[0];
}

/** What becomes of a wish to stop. */
export function cancelNote(
  { kind }: Pick<PlaygroundRun, 'kind'>,
  job: PlaygroundJob,
): 'waiting' | 'video' | 'image' | 'came' | undefined {
  if (!job.cancel_requested) return undefined;
  if (job.state === 'completed') return 'came';
  if (job.ended_at !== null) return undefined;
  return job.accepted ? kind : 'waiting';
}
