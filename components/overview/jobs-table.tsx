import {
  Ban,
  CircleCheck,
  CircleX,
  Clock,
  ExternalLink,
  FileX,
  LoaderCircle,
  type LucideIcon,
  Play,
} from 'lucide-react';
import type { JobSummary } from '@/lib/admin-api/overview';
import { shorten } from '@/lib/format';
import { Elapsed, Missing, PastTime } from '../clock/time';
import { Badge, type Tone } from '../ui/badge';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '../ui/table';

const looks: Record<JobSummary['state'], { label: string; icon: LucideIcon; tone: Tone; spins?: boolean }> = {
  queued: { label: 'Queued', icon: Clock, tone: 'neutral' },
  running: { label: 'Running', icon: LoaderCircle, tone: 'running', spins: true },
  completed: { label: 'Succeeded', icon: CircleCheck, tone: 'success' },
  failed: { label: 'Failed', icon: CircleX, tone: 'danger' },
  cancelled: { label: 'Cancelled', icon: Ban, tone: 'neutral' },
};

const stepLabels: Record<string, string> = {
  account_selected: 'Account chosen',
  uploading: 'Uploading',
  submitting: 'Submitting',
  generating: 'Generating',
  upscaling: 'Upscaling',
  concatenating: 'Joining',
  saving: 'Saving',
};

/** The latest jobs, newest first. */
export function JobsTable({ jobs }: { jobs: JobSummary[] }) {
  return (
    <Table caption="Latest jobs">
      <TableHead>
        <TableHeader>State</TableHeader>
        <TableHeader>Model</TableHeader>
        <TableHeader>Account</TableHeader>
        <TableHeader>Step</TableHeader>
        <TableHeader isNumeric>Duration</TableHeader>
        <TableHeader>Time</TableHeader>
        <TableHeader>Result</TableHeader>
      </TableHead>
      <TableBody>
        {jobs.map((job) => (
          <TableRow key={job.id}>
            <TableCell isWide>
              <Badge {...looks[job.state]} />
            </TableCell>
            <TableCell isWide className="md:min-w-44 md:max-w-64">
              <p className="break-words">{job.model}</p>
              <p className="line-clamp-2 text-secondary text-xs" title={job.prompt}>
                {job.prompt}
              </p>
            </TableCell>
            <TableCell label="Account" isWide className="md:max-w-56">
              {job.account_email === null ? (
                <Missing />
              ) : (
                <span className="block break-words md:truncate" title={job.account_email}>
                  {job.account_email}
                </span>
              )}
            </TableCell>
            <TableCell label="Step">
              <Step job={job} />
            </TableCell>
            <TableCell label="Duration" isNumeric>
              <Elapsed from={job.started_at ?? job.created_at} to={job.ended_at} />
            </TableCell>
            <TableCell label="Time">
              <PastTime at={job.created_at} />
            </TableCell>
            <TableCell label="Result" isWide className="md:min-w-56 md:max-w-80">
              <Result job={job} />
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}

function Step({ job }: { job: JobSummary }) {
  if (job.state === 'completed') return 'Done';
  if (job.step === null) return <Missing />;
  return (
    <>
      {stepLabels[job.step] ?? job.step}
      {job.progress !== null && <span className="tabular-nums"> {job.progress} %</span>}
    </>
  );
}

/** The files of a job, or why there are none. Files of the upstream are linked, never loaded from here. */
function Result({ job }: { job: JobSummary }) {
  if (job.error === null && job.media.length === 0) return <Missing />;
  return (
    <div className="grid justify-items-start gap-1">
      {job.media.length > 0 && (
        <div className="flex flex-wrap gap-1.5">
          {job.media.map((item, index) => (
            <Thumbnail key={item.id} item={item} name={`${shorten(job.prompt, 120)} (${index + 1})`} />
          ))}
        </div>
      )}
      {job.error !== null && <p className="wrap-anywhere text-danger">{job.error.message}</p>}
    </div>
  );
}

function Thumbnail({ item, name }: { item: JobSummary['media'][number]; name: string }) {
  if (item.url === null) return <Gone kind={item.kind} />;
  const isVideo = item.kind === 'video' && item.is_stored;
  return (
    <a
      href={item.url}
      target="_blank"
      rel="noreferrer"
      aria-label={`Open ${item.kind}: ${name}`}
      className="relative grid size-11 place-items-center overflow-hidden rounded-md border border-border bg-muted"
    >
      {item.preview_url !== null && (
        // biome-ignore lint/performance/noImgElement: the picture is ours, and small already
        <img
          src={item.preview_url}
          alt=""
          loading="lazy"
          decoding="async"
          className="size-full object-cover"
        />
      )}
      {isVideo && (
        <span className="absolute grid size-6 place-items-center rounded-full bg-card/80 text-text">
          <Play aria-hidden className="size-3.5" />
        </span>
      )}
      {!item.is_stored && <ExternalLink aria-hidden className="size-4" />}
    </a>
  );
}

function Gone({ kind }: { kind: 'image' | 'video' }) {
  return (
    <span
      title="The file is no longer kept."
      className="inline-flex min-h-11 items-center gap-1.5 text-secondary text-xs"
    >
      <FileX aria-hidden className="size-4 shrink-0" />
      {kind === 'image' ? 'Picture' : 'Video'} no longer kept
    </span>
  );
}
