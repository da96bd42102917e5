'use client';

import { useTranslations } from '@/components/shell/use-translations';
import type { KeyRow } from '@/lib/admin-api/keys';
import { Countdown, PastTime } from '../clock/time';
import { useFormat } from '../shell/use-format';
import { Meter } from '../ui/meter';
import { Tooltip } from '../ui/tooltip';

/** The first and last signs of the value, and how long the one before it goes on working. */
export function KeyHint({ row }: { row: KeyRow }) {
  const t = useTranslations('keys');
  return (
    <>
      <code className="whitespace-nowrap font-mono">{row.hint}</code>
      {row.previous_works_until !== null && (
        <p className="text-warning text-xs">
          {t('oldEnds')} <Countdown until={row.previous_works_until} over={t('oldEnded')} />
        </p>
      )}
    </>
  );
}

/** "All", or how many, with their ids in the tooltip. */
export function KeyModels({ row }: { row: KeyRow }) {
  const t = useTranslations('keys');
  const kinds = row.media_types?.length === 1 ? row.media_types[0] : undefined;
  return (
    <>
      {row.models === null ? (
        t('modelsAll')
      ) : (
        <Tooltip text={<span className="whitespace-pre-line">{row.models.join('\n')}</span>}>
          <button
            type="button"
            className="whitespace-nowrap underline decoration-dotted underline-offset-4 max-md:min-h-11"
          >
            {t('modelsCount', { count: row.models.length })}
          </button>
        </Tooltip>
      )}
      {kinds !== undefined && (
        <p className="whitespace-nowrap text-secondary text-xs">{t(`only.${kinds}`)}</p>
      )}
    </>
  );
}

/** The limits that there are; a key without any is unlimited. */
export function KeyLimits({ row }: { row: KeyRow }) {
  const t = useTranslations('keys');
  const tc = useTranslations('common');
  const format = useFormat();
  const shown = limitFields.flatMap((name) => {
    const value = row[name];
    return value === null ? [] : [t(`limits.${name}`, { count: value, shown: format.count(value) })];
  });
  if (shown.length === 0) {
    return (
      <>
        <span aria-hidden>∞</span>
        <span className="sr-only">{tc('unlimited')}</span>
      </>
    );
  }
  return (
    <ul className="text-xs tabular-nums">
      {shown.map((text) => (
        <li key={text} className="md:whitespace-nowrap">
          {text}
        </li>
      ))}
    </ul>
  );
}

const limitFields = [
  'requests_per_minute',
  'concurrent_jobs',
  'images_per_day',
  'videos_per_day',
  'credits_per_day',
] as const satisfies readonly (keyof KeyRow)[];

/** What it used of the day, against its daily limits. */
export function KeyToday({ row }: { row: KeyRow }) {
  const t = useTranslations('keys');
  const format = useFormat();
  const uses = [
    { kind: 'images', used: row.today.images, limit: row.images_per_day },
    { kind: 'videos', used: row.today.videos, limit: row.videos_per_day },
    { kind: 'credits', used: row.today.credits, limit: row.credits_per_day },
  ] as const;
  const shown = uses.filter(({ used, limit }) => limit !== null || used > 0);
  if (shown.length === 0) return <span className="text-secondary">{t('today.none')}</span>;
  return (
    <ul className="grid gap-1 text-xs tabular-nums">
      {shown.map(({ kind, used, limit }) => {
        if (limit === null) {
          return (
            <li key={kind} className="md:whitespace-nowrap">
              {t(`today.${kind}`, { count: used, shown: format.count(used) })}
            </li>
          );
        }
        const shownUse = `${format.count(used)} / ${format.count(limit)}`;
        const text = t(`today.${kind}`, { count: limit, shown: shownUse });
        return (
          <li key={kind} className="grid gap-0.5">
            <span className="md:whitespace-nowrap">{text}</span>
            <Meter
              label={t('today.meter', { name: row.name })}
              value={used}
              max={limit}
              valueText={text}
              className="md:w-28"
            />
          </li>
        );
      })}
    </ul>
  );
}

export function LastUsed({ at }: { at: string | null }) {
  const t = useTranslations('keys');
  return at === null ? <span className="text-secondary">{t('never')}</span> : <PastTime at={at} />;
}

export function Expires({ at }: { at: string | null }) {
  const t = useTranslations('keys');
  return at === null ? <span className="text-secondary">{t('expiry.never')}</span> : <Countdown until={at} />;
}
