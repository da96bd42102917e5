'use client';

import Link from 'next/link';
import { useTranslations } from '@/components/shell/use-translations';
import { Missing, PastTime } from '../clock/time';
import { QueryProblem } from '../shell/query-problem';
import { useFormat } from '../shell/use-format';
import { Meter } from '../ui/meter';
import { Notice } from '../ui/notice';
import type { MediaSummary } from './queries';

type StorageMeterProps = {
  summary: MediaSummary;
  error: Error | null;
  /** The page says itself that caching is off. */
  isUnused: boolean;
  onRetry: () => void;
};

const settingHref = '/admin/settings/cache';

/** What the stored files take, and what they may. */
export function StorageMeter({ summary, error, isUnused, onRetry }: StorageMeterProps) {
  const t = useTranslations('gallery');
  const format = useFormat();
  const { used_bytes: used, limit_bytes: limit, files, oldest_at: oldest, kept } = summary;
  const usedText =
    limit === null
      ? t('storage.usedFree', { used: format.size(used) })
      : t('storage.used', { used: format.size(used), limit: format.size(limit) });
  return (
    <section
      aria-label={t('storage.title')}
      className="flex flex-wrap items-center gap-x-4 gap-y-1 text-secondary text-sm tabular-nums"
    >
      <span className="text-text">{usedText}</span>
      {limit !== null && (
        <Meter
          label={t('storage.title')}
          value={used}
          max={limit}
          valueText={usedText}
          className="w-32 max-sm:w-full"
        />
      )}
      <span>{t('storage.files', { count: files, shown: format.count(files) })}</span>
      <span>
        {t('storage.oldest')} {oldest === null ? <Missing /> : <PastTime at={oldest} />}
      </span>
      <span>{t('storage.kept', { shown: format.count(kept.files), size: format.size(kept.bytes) })}</span>
      <Link
        href={settingHref}
        className="inline-flex min-h-11 items-center text-primary hover:underline md:min-h-6"
      >
        {t('storage.setting')}
      </Link>
      {!summary.stores && !isUnused && (
        <Notice tone="warning" className="w-full">
          {t('off.title')}. {t('off.text')}
        </Notice>
      )}
      {error !== null && (
        <Notice tone="danger" role="alert" className="w-full">
          <QueryProblem error={error} onRetry={onRetry} />
        </Notice>
      )}
    </section>
  );
}
