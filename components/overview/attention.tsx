'use client';

import { CircleCheck, Database, HardDrive, RefreshCwOff, WalletMinimal } from 'lucide-react';
import Link from 'next/link';
import type * as React from 'react';
import { useTranslations } from '@/components/shell/use-translations';
import type { AttentionItem, Overview } from '@/lib/admin-api/overview';
import { healthLooks } from '../accounts/health';
import { HealthText } from '../accounts/health-text';
import { PastTime } from '../clock/time';
import { usePersonal } from '../shell/personal';
import { useFormat } from '../shell/use-format';
import { Badge } from '../ui/badge';
import { Button } from '../ui/button';
import { EmptyState } from '../ui/empty-state';
import { Panel } from './panel';

/** What needs somebody, the worst first, each with the way to what helps. */
export function Attention({ at, attention }: { at: string; attention: Overview['attention'] }) {
  const t = useTranslations('overview.attention');
  const format = useFormat();
  const { items, accounts_total: total } = attention;
  const listed = items.filter(({ kind }) => kind === 'account').length;
  return (
    <Panel title={t('title')}>
      {items.length === 0 ? (
        <EmptyState icon={CircleCheck} title={t('fine')}>
          {t.rich('checked', { when: () => <PastTime at={at} /> })}
        </EmptyState>
      ) : (
        <ul aria-label={t('title')} className="max-h-[310px] divide-y divide-border overflow-y-auto">
          {items.map((item) => (
            <Item key={keyOf(item)} item={item} />
          ))}
          {total > listed && (
            <li className="px-4 py-2">
              <Link
                href="/admin/accounts"
                className="inline-flex min-h-11 items-center text-primary text-sm hover:underline md:min-h-6"
              >
                {t('more', { count: total - listed, shown: format.count(total - listed) })}
              </Link>
            </li>
          )}
        </ul>
      )}
    </Panel>
  );
}

const keyOf = (item: AttentionItem): string => {
  if (item.kind === 'account') return item.account.id;
  return item.kind === 'loop' ? `loop ${item.name}` : item.kind;
};

function Item({ item }: { item: AttentionItem }) {
  const t = useTranslations('overview.attention');
  const common = useTranslations('common');
  const format = useFormat();
  const personal = usePersonal();
  switch (item.kind) {
    case 'account': {
      const { id, email, health } = item.account;
      const { icon, tone } = healthLooks[health.state];
      const name = personal.email(email);
      return (
        <Row
          badge={<Badge icon={icon} tone={tone} label={common(`health.${health.state}`)} />}
          title={name}
          href={`/admin/accounts?account=${encodeURIComponent(id)}`}
          action={common('open')}
          name={t('openAccount', { name })}
        >
          <HealthText health={health} />
        </Row>
      );
    }
    case 'loop':
      return (
        <Row
          badge={<Badge icon={RefreshCwOff} tone="danger" label={t('loop')} />}
          title={item.name}
          href="/admin/system"
          action={common('open')}
          name={t('openLoop', { name: item.name })}
        >
          <PastTime at={item.at} />:{' '}
          <code lang="en" className="wrap-anywhere font-mono text-xs">
            {item.message}
          </code>
        </Row>
      );
    case 'disk':
      return (
        <Row
          badge={<Badge icon={HardDrive} tone="danger" label={t('disk')} />}
          title={t('diskFree', {
            free: format.size(item.free_bytes),
            total: format.size(item.total_bytes),
          })}
          href="/admin/settings/cache"
          action={t('openCache')}
          name={t('openCache')}
        >
          {t('diskWhat')}
        </Row>
      );
    case 'migrations':
      return (
        <Row
          badge={<Badge icon={Database} tone="warning" label={t('migrations')} />}
          title={t('migrationsPending', { count: item.pending })}
          href="/admin/system"
          action={common('open')}
          name={t('openSystem')}
        >
          {t('migrationsWhat')}
        </Row>
      );
    case 'low_credits':
      return (
        <Row
          badge={<Badge icon={WalletMinimal} tone="warning" label={t('lowCredits')} />}
          title={t('lowCreditsAccounts', { count: item.accounts })}
          href={`/admin/accounts?credits_lt=${item.below}&sort=credits`}
          action={common('open')}
          name={t('openLowCredits')}
        >
          {t('lowCreditsWhat', { below: format.count(item.below) })}
        </Row>
      );
  }
}

type RowProps = {
  badge: React.ReactNode;
  title: string;
  href: string;
  action: string;
  name: string;
  children: React.ReactNode;
};

function Row({ badge, title, href, action, name, children }: RowProps) {
  return (
    <li className="flex items-start gap-3 px-4 py-3">
      <div className="grid min-w-0 flex-1 justify-items-start gap-1">
        <div className="flex min-w-0 max-w-full flex-wrap items-center gap-x-2 gap-y-1">
          {badge}
          <span className="wrap-anywhere font-medium text-sm">{title}</span>
        </div>
        <div className="wrap-anywhere text-secondary text-xs">{children}</div>
      </div>
      <Button asChild variant="outline" size="small">
        <Link href={href} aria-label={name}>
          {action}
        </Link>
      </Button>
    </li>
  );
}
