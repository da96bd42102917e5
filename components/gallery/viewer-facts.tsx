'use client';

import Link from 'next/link';
import type * as React from 'react';
import { useTranslations } from '@/components/shell/use-translations';
import type { MediaDetail, MediaItemView } from '@/lib/admin-api/media';
import { Countdown, Elapsed, PastTime } from '../clock/time';
import { usePersonal } from '../shell/personal';
import { useFormat } from '../shell/use-format';
import { Button } from '../ui/button';
import { CopyButton } from '../ui/copy-button';
import { Skeleton } from '../ui/skeleton';

type ViewerFactsProps = {
  item: MediaItemView;
  /** Once it has come. */
  detail: MediaDetail | undefined;
  onOpen: (id: string) => void;
};

/** How it was made and what it is: everything that is known. */
export function ViewerFacts({ item, detail, onOpen }: ViewerFactsProps) {
  const t = useTranslations('gallery');
  const format = useFormat();
  const personal = usePersonal();
  const job = detail?.job ?? null;
  const seconds = item.duration_seconds ?? job?.seconds ?? null;
  return (
    <section className="grid gap-2">
      <h3 className="font-semibold">{t('viewer.parameters')}</h3>
      <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1.5 text-sm">
        <Fact name={t('fact.created')}>
          <PastTime at={item.created_at} />
        </Fact>
        {item.state !== 'expired' && (
          <Fact name={t('fact.expires')}>
            {item.kept || item.expires_at === null ? (
              t(item.kept ? 'tile.kept' : 'fact.never')
            ) : (
              <Countdown until={item.expires_at} />
            )}
          </Fact>
        )}
        <Fact name={t('fact.model')}>{item.model}</Fact>
        {job !== null && (
          <>
            {job.resolved_model !== item.model && <Fact name={t('fact.resolved')}>{job.resolved_model}</Fact>}
            <Fact name={t('fact.mode')}>{modeText(t, job.mode)}</Fact>
            <Fact name={t('fact.aspect')}>{job.aspect_ratio}</Fact>
            <Fact name={t('fact.resolution')}>{job.resolution}</Fact>
          </>
        )}
        {seconds !== null && <Fact name={t('fact.duration')}>{format.runningTime(seconds * 1_000)}</Fact>}
        {job?.seed != null && <Fact name={t('fact.seed')}>{String(job.seed)}</Fact>}
        {job !== null && job.references > 0 && (
          <Fact name={t('fact.references')}>{format.count(job.references)}</Fact>
        )}
        {job?.continues_id != null && (
          <Fact name={t('fact.continues')}>
            <Button
              variant="link"
              size="inline"
              aria-label={t('fact.openContinued')}
              onClick={() => onOpen(job.continues_id ?? '')}
            >
              {job.continues_id.slice(-8)}
            </Button>
          </Fact>
        )}
        {item.width !== null && item.height !== null && (
          <Fact name={t('fact.pixels')}>{`${item.width} × ${item.height}`}</Fact>
        )}
        {item.bytes !== null && <Fact name={t('fact.size')}>{format.size(item.bytes)}</Fact>}
        <Fact name={t('fact.type')}>{item.content_type}</Fact>
        {item.account_email !== null && (
          <Fact name={t('fact.account')}>
            {item.account_id === null ? (
              personal.email(item.account_email)
            ) : (
              <Link
                href={`/admin/accounts?account=${encodeURIComponent(item.account_id)}`}
                className="inline-flex min-h-6 items-center text-primary hover:underline max-md:min-h-11"
              >
                {personal.email(item.account_email)}
              </Link>
            )}
          </Fact>
        )}
        {job?.tier != null && <Fact name={t('fact.tier')}>{tiers[job.tier]}</Fact>}
        {item.key !== null && <Fact name={t('fact.key')}>{item.key.name}</Fact>}
        {item.source !== null && <Fact name={t('fact.source')}>{t(`sources.${item.source}`)}</Fact>}
        {job !== null && (
          <>
            <Fact name={t('fact.credits')}>{format.count(job.credits)}</Fact>
            <Fact name={t('fact.attempts')}>{format.count(job.attempts)}</Fact>
            {job.ended_at !== null && (
              <Fact name={t('fact.took')}>
                <Elapsed from={job.created_at} to={job.ended_at} />
              </Fact>
            )}
            {job.error !== null && (
              <Fact name={t('fact.error')}>
                <code lang="en" className="wrap-anywhere font-mono text-xs">
                  {job.error.code}: {job.error.message}
                </code>
              </Fact>
            )}
            {job.project_id !== null && <IdFact name={t('fact.project')} id={job.project_id} />}
          </>
        )}
        <IdFact name={t('fact.id')} id={item.id} />
        {item.job_id !== null && <IdFact name={t('fact.job')} id={item.job_id} />}
        {item.request_id !== null && <IdFact name={t('fact.request')} id={item.request_id} />}
        {detail?.sha256 != null && <IdFact name={t('fact.sha256')} id={detail.sha256} />}
      </dl>
      {detail === undefined && <Skeleton className="h-40" />}
    </section>
  );
}

/** Names of Google's plans, the same in every language. */
const tiers = { free: 'Free', pro: 'Pro', ultra: 'Ultra' } as const;

const modes = [
  'text-to-image',
  'image-to-image',
  'text-to-video',
  'first-frame',
  'first-last-frame',
  'reference-images',
  'extend',
] as const;

function modeText(t: (key: `modes.${(typeof modes)[number]}`) => string, mode: string): string {
  const known = modes.find((one) => one === mode);
  return known === undefined ? mode : t(`modes.${known}`);
}

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  if (children === null) return null;
  return (
    <>
      <dt className="text-secondary">{name}</dt>
      <dd className="wrap-anywhere min-w-0 tabular-nums">{children}</dd>
    </>
  );
}

const wholeId = 20;

/** An id: its ends, and a button that copies all of it. */
function IdFact({ name, id }: { name: string; id: string }) {
  const t = useTranslations('gallery.fact');
  const shown = id.length <= wholeId ? id : `${id.slice(0, 8)}…${id.slice(-8)}`;
  return (
    <Fact name={name}>
      <span className="flex items-center gap-1">
        <span title={id} className="font-mono text-xs">
          {shown}
        </span>
        <CopyButton isSmall text={id} label={t('copy', { name })} />
      </span>
    </Fact>
  );
}
