'use client';

import { RefreshCw } from 'lucide-react';
import { useMemo } from 'react';
import { useTranslations } from '@/components/shell/use-translations';
import type { AccountRow } from '@/lib/admin-api/accounts';
import type { UsageRow } from '@/lib/admin-api/usage';
import { Countdown, Limit, Missing, PastTime } from '../clock/time';
import type { DataColumn } from '../data-table/columns';
import { usePersonal } from '../shell/personal';
import { useFormat } from '../shell/use-format';
import { Button } from '../ui/button';
import { CopyButton } from '../ui/copy-button';
import { Switch } from '../ui/switch';
import { Tooltip } from '../ui/tooltip';
import { HealthCell } from './health-cell';
import { useErrorWords } from './health-text';
import { useLastDay } from './queries';
import { RowMenu } from './row-menu';
import { type SwitchName, useAccountActions } from './use-account-actions';
import { useIsSoon } from './use-is-soon';

type ColumnOptions = {
  onOpen: (row: AccountRow) => void;
  onEdit: (row: AccountRow) => void;
  lastDay: ReadonlyMap<string, UsageRow> | undefined;
};

/** The columns that need what accounts did in the last 24 hours. */
const lastDayColumns = ['success_rate', 'average_time'] as const;

/** Every column of the table of accounts. `onOpen` and `onEdit` must stay the same. */
export function useAccountColumns({ onOpen, onEdit, lastDay }: ColumnOptions): DataColumn<AccountRow>[] {
  const t = useTranslations('accounts');
  return useMemo(
    () => [
      {
        id: 'account',
        header: t('column.account'),
        cell: (row) => <AccountCell row={row} onOpen={onOpen} />,
        sort: 'email',
        isHideable: false,
        card: 'title',
        className: 'md:max-w-64',
      },
      {
        id: 'health',
        header: t('column.health'),
        cell: (row) => <HealthCell row={row} />,
        sort: 'health',
        card: 'status',
        className: 'md:min-w-52',
      },
      { id: 'tier', header: t('column.tier'), cell: (row) => <Tier row={row} />, card: 'value' },
      {
        id: 'credits',
        header: t('column.credits'),
        cell: (row) => <Credits row={row} />,
        isNumeric: true,
        sort: 'credits',
        isSortedDownFirst: true,
        card: 'value',
      },
      {
        id: 'access_expires',
        header: t('column.accessExpires'),
        cell: (row) => <AccessExpires until={row.access_expires_at} />,
        sort: 'access_expires_at',
        card: 'value',
      },
      {
        id: 'images',
        header: t('images'),
        cell: (row) => <Made row={row} kind="image" />,
        card: 'wide',
      },
      {
        id: 'videos',
        header: t('videos'),
        cell: (row) => <Made row={row} kind="video" />,
        card: 'wide',
      },
      { id: 'in_flight', header: t('column.inFlight'), cell: (row) => <InFlight row={row} />, card: 'value' },
      {
        id: 'errors',
        header: t('column.errors'),
        cell: (row) => <Errors row={row} />,
        sort: 'errors_today',
        isSortedDownFirst: true,
        card: 'value',
      },
      {
        id: 'last_used',
        header: t('column.lastUsed'),
        cell: (row) => (row.last_used_at === null ? t('never') : <PastTime at={row.last_used_at} />),
        sort: 'last_used_at',
        isSortedDownFirst: true,
        card: 'value',
      },
      {
        id: 'id',
        header: t('column.id'),
        cell: (row) => <ShortId id={row.id} label={t('copyId')} />,
        isHiddenAtFirst: true,
      },
      {
        id: 'project',
        header: t('column.project'),
        cell: (row) => <Project row={row} />,
        isHiddenAtFirst: true,
        className: 'md:max-w-56',
      },
      {
        id: 'success_rate',
        header: t('column.successRate'),
        cell: (row) => <SuccessRate of={lastDay?.get(row.id)} />,
        isNumeric: true,
        isHiddenAtFirst: true,
      },
      {
        id: 'average_time',
        header: t('column.averageTime'),
        cell: (row) => <AverageTime of={lastDay?.get(row.id)} />,
        isNumeric: true,
        isHiddenAtFirst: true,
      },
      {
        id: 'last_error',
        header: t('column.lastError'),
        cell: (row) => <LastError row={row} />,
        isHiddenAtFirst: true,
        className: 'md:max-w-56',
      },
      {
        id: 'token_age',
        header: t('column.tokenAge'),
        cell: (row) => <PastTime at={row.session_token.replaced_at ?? row.created_at} />,
        isHiddenAtFirst: true,
      },
      {
        id: 'created_at',
        header: t('column.added'),
        cell: (row) => <PastTime at={row.created_at} />,
        sort: 'created_at',
        isSortedDownFirst: true,
        isHiddenAtFirst: true,
      },
      {
        id: 'actions',
        header: t('column.actions'),
        cell: (row) => <RowMenu row={row} onEdit={onEdit} />,
        isHideable: false,
      },
    ],
    [t, onOpen, onEdit, lastDay],
  );
}

/** The numbers of the last 24 hours, asked for while a column shows them. */
export function useLastDayOf(shown: Readonly<Record<string, boolean>>) {
  return useLastDay(lastDayColumns.some((id) => shown[id] === true)).data;
}

function AccountCell({ row, onOpen }: { row: AccountRow; onOpen: (row: AccountRow) => void }) {
  const personal = usePersonal();
  const email = personal.email(row.email);
  return (
    <div className="md:py-1">
      <a
        href={`/admin/accounts/${encodeURIComponent(row.id)}`}
        title={email}
        className="block break-words py-0.5 font-medium hover:underline max-md:py-2.5 md:truncate"
        onClick={(event) => {
          // A new tab or window gets the whole page.
          if (event.ctrlKey || event.metaKey || event.shiftKey) return;
          event.preventDefault();
          onOpen(row);
        }}
      >
        {email}
      </a>
      {row.remark !== null && (
        <p className="break-words text-secondary text-xs md:truncate" title={personal.text(row.remark)}>
          {personal.text(row.remark)}
        </p>
      )}
    </div>
  );
}

function Tier({ row }: { row: AccountRow }) {
  const t = useTranslations('accounts.tier');
  return <span title={row.tier}>{t(row.tier)}</span>;
}

function Credits({ row }: { row: AccountRow }) {
  const t = useTranslations('accounts');
  const format = useFormat();
  const personal = usePersonal();
  const { run, isBusy } = useAccountActions();
  const amount =
    row.credits === null ? (
      <Missing />
    ) : (
      <Tooltip
        text={
          row.credits_checked_at === null
            ? t('creditsUnchecked')
            : t.rich('creditsChecked', { when: () => <PastTime at={row.credits_checked_at} /> })
        }
      >
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: its tooltip is for the keyboard too */}
        <span tabIndex={0}>{format.count(row.credits)}</span>
      </Tooltip>
    );
  return (
    <span className="inline-flex items-center gap-0.5 whitespace-nowrap">
      {amount}
      <Button
        variant="ghost"
        size="iconSmall"
        className="max-md:-my-2.5"
        aria-label={t('refreshCreditsOf', { name: personal.email(row.email) })}
        disabled={row.is_being_removed}
        isBusy={isBusy(row.id, 'refresh_credits')}
        onClick={() => run(row, { type: 'refresh_credits' })}
      >
        <RefreshCw aria-hidden className="size-3.5!" />
      </Button>
    </span>
  );
}

function AccessExpires({ until }: { until: string | null }) {
  const isSoon = useIsSoon(until);
  return (
    <span className={isSoon ? 'text-warning' : ''}>
      <Countdown until={until} />
    </span>
  );
}

const switchNames = { image: 'image_enabled', video: 'video_enabled' } as const satisfies Record<
  string,
  SwitchName
>;

function Made({ row, kind }: { row: AccountRow; kind: 'image' | 'video' }) {
  const t = useTranslations('accounts');
  const format = useFormat();
  const personal = usePersonal();
  const { setSwitch } = useAccountActions();
  const name = switchNames[kind];
  return (
    <span className="inline-flex items-center gap-2 whitespace-nowrap">
      <Switch
        checked={row[name]}
        disabled={row.is_being_removed}
        aria-label={t(kind === 'image' ? 'imagesFor' : 'videosFor', { name: personal.email(row.email) })}
        className="relative after:absolute after:-inset-2.5"
        onCheckedChange={(isOn) => setSwitch(row, name, isOn)}
      />
      <span className="tabular-nums" title={t('todayTotal')}>
        {format.count(row.today[kind])} / {format.count(row.counts[kind])}
        <span className="sr-only"> ({t('todayTotal')})</span>
      </span>
    </span>
  );
}

/** Running jobs and their limit, for pictures and for videos. */
function InFlight({ row }: { row: AccountRow }) {
  const t = useTranslations('accounts');
  return (
    <span className="whitespace-nowrap tabular-nums">
      {t('img')} {row.running.image}/<Limit value={row.image_concurrency} />
      <span className="sr-only"> · </span>
      <br />
      {t('vid')} {row.running.video}/<Limit value={row.video_concurrency} />
    </span>
  );
}

function Errors({ row }: { row: AccountRow }) {
  const t = useTranslations('accounts');
  const format = useFormat();
  const { limit } = row.health.facts;
  return (
    <span className="whitespace-nowrap tabular-nums">
      {row.error_streak > 0 && (
        <span className="text-warning" title={t('errorStreak')}>
          {format.count(row.error_streak)}
          {limit !== undefined && `/${format.count(limit)}`}
          <span className="sr-only"> {t('errorStreak')}</span> ·{' '}
        </span>
      )}
      {format.count(row.today.error)} / {format.count(row.counts.error)}
      <span className="sr-only"> ({t('todayTotal')})</span>
    </span>
  );
}

/** The ends of an id, which tell it from others, with a way to copy it whole. */
export function ShortId({ id, label }: { id: string; label: string }) {
  const text = id.length <= 14 ? id : `${id.slice(0, 6)}…${id.slice(-5)}`;
  return (
    <span className="inline-flex items-center gap-1">
      <code className="font-mono text-xs" title={id}>
        {text}
      </code>
      <CopyButton isSmall text={id} label={label} />
    </span>
  );
}

function Project({ row }: { row: AccountRow }) {
  const t = useTranslations('accounts');
  if (row.project_id === null) return <Missing />;
  return (
    <>
      {row.project_name !== null && (
        <p className="truncate" title={row.project_name}>
          {row.project_name}
        </p>
      )}
      <ShortId id={row.project_id} label={t('copyProjectId')} />
    </>
  );
}

function SuccessRate({ of: day }: { of: UsageRow | undefined }) {
  const t = useTranslations('accounts');
  const format = useFormat();
  const judged = day === undefined ? 0 : day.succeeded + day.failed;
  if (day === undefined || judged === 0) return <Missing />;
  return (
    <>
      {format.rate(day.succeeded, judged)}{' '}
      <span className="text-secondary text-xs">{t('sample', { count: format.count(judged) })}</span>
    </>
  );
}

function AverageTime({ of: day }: { of: UsageRow | undefined }) {
  const format = useFormat();
  const ms = day?.average_ms ?? null;
  return ms === null ? <Missing /> : format.duration(ms);
}

function LastError({ row }: { row: AccountRow }) {
  const errorWord = useErrorWords();
  if (row.last_error === null) return <Missing />;
  return (
    <>
      <p className="truncate" title={row.last_error.code}>
        {errorWord(row.last_error.code)}
      </p>
      <span className="text-secondary text-xs">
        <PastTime at={row.last_error.at} />
      </span>
    </>
  );
}
