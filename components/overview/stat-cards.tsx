'use client';

import { ArrowDown, ArrowRight, ArrowUp, Sparkles } from 'lucide-react';
import Link from 'next/link';
import type * as React from 'react';
import { useTranslations } from '@/components/shell/use-translations';
import type { Overview } from '@/lib/admin-api/overview';
import { cn } from '@/lib/cn';
import { missing } from '@/lib/format';
import { Missing } from '../clock/time';
import { useFormat } from '../shell/use-format';
import { Tooltip } from '../ui/tooltip';
import { type Change, changeOf, type Meaning } from './change';
import { logsHref } from './links';

/** The numbers of the overview, each with the way to what it counts. */
export function StatCards({ overview }: { overview: Overview }) {
  const t = useTranslations('overview');
  const format = useFormat();
  const { period, previous, health_counts: states } = overview;
  const { numbers } = period;
  const before = previous?.numbers;
  const span = { since: period.since, until: period.until };
  const judged = numbers.succeeded + numbers.failed;
  const enabled = Object.values(states).reduce((sum, count) => sum + count, 0) - states.disabled;
  const attention = enabled - states.healthy;
  const compare = (now: number | null, then: number | null | undefined, meaning?: Meaning) =>
    previous === null ? undefined : changeOf(now, then ?? null, meaning === undefined ? {} : { meaning });
  return (
    <dl aria-label={t('cards')} className="grid grid-cols-2 gap-3 md:grid-cols-4 min-[1700px]:grid-cols-7">
      <Stat label={t('requests')} change={compare(numbers.requests, before?.requests)}>
        <CountLink count={numbers.requests} href={logsHref(span)} />
      </Stat>
      <Stat
        label={t('successRate')}
        detail={judged > 0 && t('n', { n: format.count(judged) })}
        change={
          previous === null
            ? undefined
            : changeOf(numbers.success_rate, before?.success_rate ?? null, {
                meaning: 'more_is_good',
                isShare: true,
              })
        }
        isShare
      >
        {numbers.success_rate === null ? (
          <Missing />
        ) : (
          <CardLink href={logsHref({ ...span, outcome: ['succeeded', 'failed'] })}>
            {format.rate(numbers.success_rate, 1)}
          </CardLink>
        )}
      </Stat>
      <Latency overview={overview} />
      <Stat
        label={t('imagesToday')}
        detail={t('ofTotal', {
          total: format.compactCount(overview.images_total),
          range: format.compactCount(numbers.images),
        })}
        exact={t('exactTotal', { total: format.count(overview.images_total) })}
        change={compare(numbers.images, before?.images)}
      >
        <CountLink
          count={overview.images_today}
          href={logsHref({ ...span, type: 'image', outcome: 'succeeded' })}
        />
      </Stat>
      <Stat
        label={t('videosToday')}
        detail={t('ofTotal', {
          total: format.compactCount(overview.videos_total),
          range: format.compactCount(numbers.videos),
        })}
        exact={t('exactTotal', { total: format.count(overview.videos_total) })}
        change={compare(numbers.videos, before?.videos)}
      >
        <CountLink
          count={overview.videos_today}
          href={logsHref({ ...span, type: 'video', outcome: 'succeeded' })}
        />
      </Stat>
      <Stat
        label={t('creditsLeft')}
        detail={t('enabledAccounts', { count: enabled })}
        change={compare(overview.credits_left, previous?.credits_left)}
      >
        {overview.credits_left === null ? (
          <Missing />
        ) : (
          <CountLink count={overview.credits_left} href="/admin/accounts?sort=credits" />
        )}
      </Stat>
      <Stat
        label={t('healthyAccounts')}
        detail={attention > 0 && t('needHelp', { count: attention })}
        change={compare(states.healthy, previous?.healthy_accounts, 'more_is_good')}
      >
        <CardLink href="/admin/accounts?health=healthy">
          {format.count(states.healthy)} / {format.count(enabled)}
        </CardLink>
      </Stat>
    </dl>
  );
}

/** Both kinds in one card, the changes beside each. */
function Latency({ overview: { period, previous } }: { overview: Overview }) {
  const t = useTranslations('overview');
  const common = useTranslations('common');
  const format = useFormat();
  return (
    <Stat label={t('p95')} isSmall>
      {(['image', 'video'] as const).map((kind) => {
        const ms = period.numbers[`${kind}_p95_ms`];
        const change =
          previous === null
            ? undefined
            : changeOf(ms, previous.numbers[`${kind}_p95_ms`], { meaning: 'more_is_bad' });
        return (
          <span key={kind} className="flex flex-wrap items-baseline gap-x-2">
            <span className="font-normal text-secondary text-xs">{common(`kind.${kind}`)}</span>
            {ms === null ? (
              <Missing />
            ) : (
              <CardLink href={logsHref({ ...period, type: kind, outcome: 'succeeded', sort: '-duration' })}>
                {format.duration(ms)}
              </CardLink>
            )}
            {change !== undefined && <ChangeText change={change} />}
          </span>
        );
      })}
    </Stat>
  );
}

type StatProps = {
  label: string;
  detail?: React.ReactNode;
  /** What the detail says in full. */
  exact?: string;
  change?: Change | undefined;
  isShare?: boolean;
  isSmall?: boolean;
  children: React.ReactNode;
};

function Stat({ label, detail, exact, change, isShare = false, isSmall = false, children }: StatProps) {
  return (
    <div className="grid min-w-0 content-start gap-1 rounded-lg border border-border bg-card p-4">
      <dt className="text-secondary text-sm">{label}</dt>
      <dd
        className={cn('break-words font-semibold tabular-nums', isSmall ? 'text-lg' : 'text-xl md:text-3xl')}
      >
        {children}
      </dd>
      {detail !== undefined && detail !== false && (
        <dd className="text-secondary text-xs tabular-nums">
          {exact === undefined ? (
            detail
          ) : (
            <Tooltip text={exact}>
              <button type="button" className="min-h-6 cursor-default text-left">
                {detail}
              </button>
            </Tooltip>
          )}
        </dd>
      )}
      {change !== undefined && (
        <dd>
          <ChangeText change={change} isShare={isShare} />
        </dd>
      )}
    </div>
  );
}

const arrows = { up: ArrowUp, down: ArrowDown, same: ArrowRight, new: Sparkles } as const;
const tones = { good: 'text-success', bad: 'text-danger', neutral: 'text-secondary' } as const;

/** "up 12 %", with what that means said as well. */
function ChangeText({ change, isShare = false }: { change: Change; isShare?: boolean }) {
  const t = useTranslations('overview.change');
  const { direction, amount, tone } = change;
  const Arrow = arrows[direction];
  const by = amount < 10 ? Math.round(amount * 10) / 10 : Math.round(amount);
  return (
    <span className={cn('inline-flex items-center gap-1 font-medium text-xs', tones[tone])}>
      <Arrow aria-hidden className="size-3.5 shrink-0" />
      {direction === 'up' || direction === 'down'
        ? t(isShare ? `${direction}Points` : direction, { by })
        : t(direction)}
      {tone !== 'neutral' && <span className="sr-only">({t(tone)})</span>}
    </span>
  );
}

/** Short in the card, exact in its tooltip. */
function CountLink({ count, href }: { count: number; href: string }) {
  const format = useFormat();
  return (
    <Tooltip text={format.count(count)}>
      <CardLink href={href}>{Number.isFinite(count) ? format.compactCount(count) : missing}</CardLink>
    </Tooltip>
  );
}

function CardLink({ className, ...props }: React.ComponentProps<typeof Link>) {
  return (
    <Link
      className={cn('inline-flex min-h-11 items-center hover:underline md:min-h-6', className)}
      {...props}
    />
  );
}
