'use client';

import { useTranslations } from '@/components/shell/use-translations';
import { type AccountDetail, healthStates } from '@/lib/admin-api/accounts';
import { Chart } from '../charts/chart';
import { Countdown, Limit, Missing, PastTime } from '../clock/time';
import { QueryProblem } from '../shell/query-problem';
import { useFormat } from '../shell/use-format';
import { Badge } from '../ui/badge';
import { Button } from '../ui/button';
import { Notice } from '../ui/notice';
import { Skeleton } from '../ui/skeleton';
import { healthLooks } from './health';
import { HealthBadge } from './health-badge';
import { ActionFailure, HealthButton } from './health-cell';
import { BlockText, useErrorWords, useScopeName } from './health-text';
import { useCreditsOverTime } from './queries';
import { useAccountActions } from './use-account-actions';

/** How an account is, how it came to be so, and what it has done. */
export function AccountOverview({ account }: { account: AccountDetail }) {
  return (
    <div className="grid grid-cols-1 gap-5">
      <State account={account} />
      <Counters account={account} />
      <CreditsChart id={account.id} />
      <History account={account} />
    </div>
  );
}

function State({ account }: { account: AccountDetail }) {
  const t = useTranslations('accounts');
  const { run, isBusy } = useAccountActions();
  const isBusyAt = (type: string) => isBusy(account.id, type);
  return (
    <section aria-label={t('column.health')} className="grid justify-items-start gap-2">
      <HealthBadge row={account} />
      <div className="flex flex-wrap gap-2">
        <HealthButton row={account} />
      </div>
      <ActionFailure id={account.id} />
      <Blocks account={account} />
      <div className="flex flex-wrap gap-2">
        {(['refresh_access', 'refresh_credits'] as const).map((type) => (
          <Button
            key={type}
            variant="outline"
            size="small"
            isBusy={isBusyAt(type)}
            disabled={account.is_being_removed && type === 'refresh_credits'}
            onClick={() => run(account, { type })}
          >
            {t(`action.${type}`)}
          </Button>
        ))}
        <Button
          variant="outline"
          size="small"
          disabled={account.is_being_removed}
          onClick={() => run(account, { type: account.enabled ? 'disable' : 'enable' })}
        >
          {t(account.enabled ? 'action.disable' : 'action.enable')}
        </Button>
      </div>
    </section>
  );
}

/** What the account is left out for, each with its own way back. */
function Blocks({ account }: { account: AccountDetail }) {
  const t = useTranslations('accounts');
  const scopeName = useScopeName();
  const { run, isBusy } = useAccountActions();
  if (account.blocks.length === 0) return null;
  const scopes = [...new Set(account.blocks.map(({ scope }) => scope))];
  return (
    <ul aria-label={t('blocks')} className="grid w-full gap-1.5 text-sm">
      {scopes.map((scope) => (
        <li
          key={scope}
          className="flex flex-wrap items-center justify-between gap-2 rounded-md bg-warning-soft px-3 py-1.5 text-warning"
        >
          <span className="min-w-0">
            {account.blocks
              .filter((block) => block.scope === scope)
              .map(({ reason, until }) => (
                <span key={reason} className="wrap-anywhere block">
                  <BlockText scope={scopeName(scope)} reason={reason} />
                  {until !== null && (
                    <>
                      {', '}
                      {t.rich('detail.back', {
                        when: () => <Countdown until={until} over={t('detail.anyMoment')} />,
                      })}
                    </>
                  )}
                </span>
              ))}
          </span>
          <Button
            variant="outline"
            size="small"
            isBusy={isBusy(account.id, 'unblock')}
            aria-label={t('tryAgainFor', { scope: scopeName(scope) })}
            onClick={() => run(account, { type: 'unblock', scope })}
          >
            {t('action.unblock')}
          </Button>
        </li>
      ))}
    </ul>
  );
}

function Counters({ account }: { account: AccountDetail }) {
  const t = useTranslations('accounts');
  const format = useFormat();
  const pair = (today: number, total: number) => `${format.count(today)} / ${format.count(total)}`;
  const facts = [
    [t('column.tier'), t(`tier.${account.tier}`)],
    [
      t('column.credits'),
      <span key="credits">
        {account.credits === null ? <Missing /> : format.count(account.credits)}
        {account.credits_checked_at !== null && (
          <span className="block text-secondary text-xs">
            <PastTime at={account.credits_checked_at} />
          </span>
        )}
      </span>,
    ],
    [t('column.accessExpires'), <Countdown key="access" until={account.access_expires_at} />],
    [t('imagesTodayTotal'), pair(account.today.image, account.counts.image)],
    [t('videosTodayTotal'), pair(account.today.video, account.counts.video)],
    [t('errorsTodayTotal'), pair(account.today.error, account.counts.error)],
    [
      t('column.inFlight'),
      <span key="flight">
        {t('img')} {account.running.image}/<Limit value={account.image_concurrency} /> · {t('vid')}{' '}
        {account.running.video}/<Limit value={account.video_concurrency} />
      </span>,
    ],
    [t('lastSuccess'), <PastTime key="success" at={account.last_success_at} />],
    [t('column.lastUsed'), <PastTime key="used" at={account.last_used_at} />],
    [t('column.added'), <PastTime key="added" at={account.created_at} />],
  ] as const;
  return (
    <dl className="grid grid-cols-2 gap-3 rounded-md border border-border p-3 text-sm sm:grid-cols-3">
      {facts.map(([name, value]) => (
        <div key={name} className="min-w-0">
          <dt className="text-secondary text-xs">{name}</dt>
          <dd className="tabular-nums">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function CreditsChart({ id }: { id: string }) {
  const t = useTranslations('accounts.credits');
  const format = useFormat();
  const { data, error, refetch } = useCreditsOverTime(id);
  if (error !== null && data === undefined) {
    return (
      <Notice tone="danger" role="alert">
        <QueryProblem error={error} onRetry={() => void refetch()} />
      </Notice>
    );
  }
  if (data === undefined) return <Skeleton className="h-80" />;
  const points = data.series[0]?.points ?? [];
  return (
    <Chart
      kind="lines"
      title={t('title')}
      unit={t('unit')}
      axisName={t('day')}
      series={[{ key: 'credits', name: t('unit'), color: 1 }]}
      rows={points.map(({ at, average }) => ({
        id: at,
        label: format.date(new Date(at)),
        title: format.date(new Date(at)),
        values: { credits: Math.round(average) },
      }))}
      format={format.count}
      emptyText={t('empty')}
      showsNoughts
    />
  );
}

function History({ account }: { account: AccountDetail }) {
  const t = useTranslations('accounts');
  const common = useTranslations('common');
  const errorWord = useErrorWords();
  const changes = account.health_history;
  return (
    <section aria-labelledby="account-history" className="grid gap-2">
      <h3 id="account-history" className="font-semibold">
        {t('history.title')}
      </h3>
      {changes.length === 0 ? (
        <p className="text-secondary text-sm">{t('history.empty')}</p>
      ) : (
        <ol className="grid gap-2 text-sm">
          {changes.map(({ at, after, reason }) => {
            const state = healthStates.find((known) => known === after);
            return (
              <li key={`${at} ${after}`} className="flex flex-wrap items-center gap-x-3 gap-y-1">
                {state === undefined ? (
                  after
                ) : (
                  <Badge {...healthLooks[state]} label={common(`health.${state}`)} />
                )}
                <span className="text-secondary">
                  <PastTime at={at} />
                </span>
                {reason !== null && <span className="wrap-anywhere text-secondary">{errorWord(reason)}</span>}
              </li>
            );
          })}
        </ol>
      )}
    </section>
  );
}
