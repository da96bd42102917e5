'use client';

import { CircleCheck, CircleX } from 'lucide-react';
import { useTranslations } from '@/components/shell/use-translations';
import type { SystemView } from '@/lib/admin-api/system';
import { PastTime } from '../clock/time';
import { useFormat } from '../shell/use-format';
import { Badge } from '../ui/badge';
import { Panel } from './panel';

/** What has to be fine for the program to work; what is not says why and what helps. */
export function ChecksCard({ checks }: { checks: SystemView['checks'] }) {
  const t = useTranslations('system');
  const format = useFormat();
  const failed = checks.filter(({ ok }) => !ok).length;
  return (
    <Panel
      title={t('checks.title')}
      aside={
        <span role="status" className="text-danger text-sm empty:hidden">
          {failed > 0 && t('checks.failed', { count: failed })}
        </span>
      }
    >
      <ul className="divide-y divide-border">
        {checks.map(({ name, ok, checked_at, duration_ms, message }) => (
          <li key={name} className="grid gap-1 px-4 py-2.5">
            <div className="flex flex-wrap items-center justify-between gap-x-3 gap-y-1">
              <span className="font-medium">{t(`checks.${name}.name`)}</span>
              <Badge
                tone={ok ? 'success' : 'danger'}
                icon={ok ? CircleCheck : CircleX}
                label={t(ok ? 'checks.ok' : 'checks.bad')}
              />
            </div>
            <p className="text-secondary text-xs">
              <PastTime at={checked_at} /> · {t('checks.took', { time: format.duration(duration_ms) })}
            </p>
            {!ok && (
              <p className="text-sm">
                {t(`checks.${name}.fault`)}{' '}
                {message !== null && (
                  <code lang="en" className="break-words font-mono text-secondary text-xs">
                    {message}
                  </code>
                )}
              </p>
            )}
          </li>
        ))}
      </ul>
    </Panel>
  );
}
