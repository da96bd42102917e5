'use client';

import { Download, ExternalLink, Film, FlaskConical, ImageIcon, Images } from 'lucide-react';
import Link from 'next/link';
import type * as React from 'react';
import { useTranslations } from 'use-intl';
import type { LogDetail } from '@/lib/admin-api/logs';
import { download } from '../accounts/download';
import { Elapsed, Missing, PastTime } from '../clock/time';
import { usePersonal } from '../shell/personal';
import { useFormat } from '../shell/use-format';
import { Button } from '../ui/button';
import { CopyButton } from '../ui/copy-button';
import { Progress } from '../ui/progress';
import { curlText, playgroundHref } from './curl';
import { JsonViewer } from './json-viewer';
import { useStepName } from './log-cells';
import { LogError } from './log-error';
import { LogStatus } from './log-status';
import { attemptsOf, splitOf } from './split';
import { Timeline } from './timeline';

type DetailProps = {
  log: LogDetail;
  /** What addresses of this gateway begin with. */
  origin: string;
};

/** All that is known of one request. */
export function LogDetailView({ log, origin }: DetailProps) {
  const t = useTranslations('logs');
  return (
    <div className="grid grid-cols-1 gap-6">
      <Actions log={log} origin={origin} />
      <Summary log={log} />
      {log.error !== null && <LogError error={log.error} />}
      <Timeline log={log} />
      <Body name={t('request')} value={log.request_body} log={log} />
      <Body name={t('response')} value={log.response_body} log={log} />
      <MediaList log={log} />
    </div>
  );
}

function Actions({ log, origin }: DetailProps) {
  const t = useTranslations('logs');
  const curl = curlText(log, origin);
  const name = log.request_id ?? `request-${log.id ?? 'running'}`;
  return (
    <div className="flex flex-wrap gap-2">
      {curl !== undefined && <CopyButton text={curl} label={t('copyCurl')} />}
      {log.model !== null && (
        <Button asChild variant="outline">
          <Link href={playgroundHref(log)}>
            <FlaskConical aria-hidden />
            {t('openInPlayground')}
          </Link>
        </Button>
      )}
      <Button
        variant="outline"
        onClick={() => download(`${name}.json`, JSON.stringify(log, null, 2), 'application/json')}
      >
        <Download aria-hidden />
        {t('downloadJson')}
      </Button>
    </div>
  );
}

function Summary({ log }: { log: LogDetail }) {
  const t = useTranslations('logs');
  const common = useTranslations('common');
  const format = useFormat();
  const personal = usePersonal();
  const stepName = useStepName();
  const { job } = log;
  const split = splitOf(log);
  const isRunning = log.status === 'running';
  return (
    <section aria-label={t('summary')} className="grid grid-cols-1 gap-3">
      <h3 className="sr-only">{t('summary')}</h3>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <LogStatus row={log} />
        {isRunning && job !== null && (
          <span className="text-secondary text-sm">{stepName(job.step ?? 'queued')}</span>
        )}
        {isRunning && job !== null && job.progress !== null && (
          <span className="flex min-w-40 flex-1 items-center gap-2">
            <Progress
              label={t('progressOf', { name: log.request_id ?? job.id })}
              value={job.progress}
              tone="running"
            />
            <span className="text-sm tabular-nums">{job.progress} %</span>
          </span>
        )}
      </div>
      <dl className="grid grid-cols-[minmax(6rem,auto)_minmax(0,1fr)] gap-x-4 gap-y-1.5 text-sm">
        <Fact label={common('requestId')}>
          {log.request_id === null ? (
            <Missing />
          ) : (
            <span className="flex items-center gap-1">
              <code className="wrap-anywhere font-mono text-xs">{log.request_id}</code>
              <CopyButton isSmall text={log.request_id} label={common('copyRequestId')} />
            </span>
          )}
        </Fact>
        <Fact label={t('columns.time')}>
          <span suppressHydrationWarning>{format.fullTime(new Date(log.at))}</span> (<PastTime at={log.at} />)
        </Fact>
        <Fact label={t('columns.duration')}>
          {isRunning ? <Elapsed from={log.at} to={null} /> : format.duration(log.duration_ms)}
          {split !== undefined && (
            <span className="text-secondary">
              {' '}
              {t('split', {
                queue: format.duration(split.queueMs),
                generation: format.duration(split.generationMs),
              })}
            </span>
          )}
        </Fact>
        <Fact label={t('address')}>
          {log.method === null || log.path === null ? (
            <Missing />
          ) : (
            <code className="wrap-anywhere font-mono text-xs">
              {log.method} {log.path}
            </code>
          )}
        </Fact>
        <Fact label={t('columns.source')}>
          {log.source === null ? <Missing /> : t(`source.${log.source}`)}
        </Fact>
        <Fact label={t('columns.type')}>{job === null ? t('otherType') : common(`kind.${job.kind}`)}</Fact>
        <Fact label={t('columns.model')}>
          {log.model === null ? (
            <Missing />
          ) : (
            <code className="wrap-anywhere font-mono text-xs">{log.model}</code>
          )}
        </Fact>
        <Fact label={t('columns.account')}>
          <Account job={job} />
        </Fact>
        <Fact label={t('columns.key')}>
          {log.key === null ? <Missing /> : (log.key.name ?? t('removedKey'))}
        </Fact>
        {job !== null && (
          <>
            <Fact label={t('columns.credits')}>{format.count(job.credits)}</Fact>
            <Fact label={t('columns.attempts')}>{format.count(attemptsOf(job))}</Fact>
            <Fact label={t('job')}>
              <code className="wrap-anywhere font-mono text-xs">{job.id}</code>
              {job.count > 1 && ` ${t('ofJobs', { count: job.count })}`}
            </Fact>
            <Fact label={t('columns.project')}>
              {job.project_id === null ? (
                <Missing />
              ) : (
                <code className="wrap-anywhere font-mono text-xs">{job.project_id}</code>
              )}
            </Fact>
          </>
        )}
        <Fact label={t('client')}>{log.client ?? <Missing />}</Fact>
        <Fact label={t('userAgent')}>
          {log.user_agent === null ? <Missing /> : <span className="wrap-anywhere">{log.user_agent}</span>}
        </Fact>
        {log.side_request !== null && <Fact label={t('sideRequest')}>{log.side_request}</Fact>}
      </dl>
      {log.prompt !== null && log.prompt !== '' && (
        <div className="grid gap-1">
          <div className="flex items-center gap-1">
            <h4 className="font-medium text-sm">{t('columns.prompt')}</h4>
            <CopyButton isSmall text={log.prompt} label={t('copyPrompt')} />
          </div>
          <p className="wrap-anywhere max-h-60 overflow-y-auto whitespace-pre-wrap text-sm">
            {personal.text(log.prompt)}
          </p>
        </div>
      )}
    </section>
  );
}

function Account({ job }: { job: LogDetail['job'] }) {
  const personal = usePersonal();
  if (job === null || job.account_email === null) return <Missing />;
  const name = <span className="wrap-anywhere">{personal.email(job.account_email)}</span>;
  if (job.account_id === null) return name;
  return (
    <Link
      href={`/admin/accounts?account=${encodeURIComponent(job.account_id)}`}
      className="inline-flex min-h-6 items-center text-primary hover:underline max-md:min-h-11"
    >
      {name}
    </Link>
  );
}

function Fact({ label, children }: { label: string; children: React.ReactNode }) {
  return (
    <>
      <dt className="text-secondary">{label}</dt>
      <dd className="min-w-0">{children}</dd>
    </>
  );
}

function Body({ name, value, log }: { name: string; value: unknown; log: LogDetail }) {
  const t = useTranslations('logs');
  return (
    <section aria-label={name} className="grid grid-cols-1 gap-2">
      <h3 className="font-semibold">{name}</h3>
      {value !== null && value !== undefined ? (
        <JsonViewer name={name} value={value} />
      ) : (
        <p className="text-secondary text-sm">
          {log.records_bodies ? (
            t(log.status === 'running' ? 'bodyLater' : 'noBody')
          ) : (
            <>
              {t('notRecorded')}{' '}
              <Link
                href="/admin/settings/logging?field=request_log.record_bodies"
                className="inline-flex min-h-6 items-center text-primary hover:underline max-md:min-h-11"
              >
                {t('recordingSetting')}
              </Link>
            </>
          )}
        </p>
      )}
    </section>
  );
}

function MediaList({ log }: { log: LogDetail }) {
  const t = useTranslations('logs');
  const common = useTranslations('common');
  const media = log.job?.media ?? [];
  return (
    <section aria-label={t('media')} className="grid grid-cols-1 gap-2">
      <h3 className="font-semibold">{t('media')}</h3>
      {media.length === 0 ? (
        <p className="text-secondary text-sm">{t('noMedia')}</p>
      ) : (
        <ul aria-label={t('media')} className="grid grid-cols-2 gap-3 sm:grid-cols-3">
          {media.map((file) => (
            <li key={file.id} className="grid content-start gap-1.5">
              <Preview file={file} />
              <span className="flex flex-wrap gap-1">
                {file.is_stored && file.url !== null && (
                  <>
                    <Button asChild variant="ghost" size="iconSmall">
                      <Link
                        href={`/admin/gallery?media=${encodeURIComponent(file.id)}`}
                        aria-label={t('openInGallery', { id: file.id })}
                      >
                        <Images aria-hidden />
                      </Link>
                    </Button>
                    <Button asChild variant="ghost" size="iconSmall">
                      <a href={file.url} download aria-label={t('downloadFile', { id: file.id })}>
                        <Download aria-hidden />
                      </a>
                    </Button>
                  </>
                )}
                {!file.is_stored && file.url !== null && (
                  <Button asChild variant="ghost" size="small">
                    <a href={file.url} target="_blank" rel="noreferrer">
                      <ExternalLink aria-hidden />
                      {common('open')}
                    </a>
                  </Button>
                )}
              </span>
              {!file.is_stored && (
                <span className="text-secondary text-xs">
                  {t(file.url === null ? 'fileGone' : 'notStored')}
                </span>
              )}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

type File = NonNullable<LogDetail['job']>['media'][number];

function Preview({ file }: { file: File }) {
  const t = useTranslations('logs');
  const word = t(file.kind === 'video' ? 'videoFile' : 'imageFile');
  if (file.preview_url !== null) {
    return (
      // biome-ignore lint/performance/noImgElement: served by our own route, nothing is resized by Next
      <img
        src={file.preview_url}
        alt={word}
        loading="lazy"
        className="aspect-square w-full rounded-md border border-border bg-muted object-contain"
      />
    );
  }
  const Icon = file.kind === 'video' ? Film : ImageIcon;
  return (
    <span className="grid aspect-square place-items-center rounded-md border border-border bg-muted">
      <Icon aria-label={word} className="size-6 text-secondary" />
    </span>
  );
}
