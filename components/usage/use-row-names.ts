'use client';

import { useTranslations } from '@/components/shell/use-translations';
import type { UsageRow } from '@/lib/admin-api/usage';
import { type LogWish, logsHref, spanOfDays } from '../overview/links';
import { usePersonal } from '../shell/personal';
import { useFormat } from '../shell/use-format';
import type { UsageReport } from './queries';
import type { UsageGroup } from './usage-view';

/** What a row is called. */
export function useRowName(group: UsageGroup): (row: UsageRow) => string {
  const t = useTranslations('usage');
  const format = useFormat();
  const personal = usePersonal();
  return ({ value, label, id }) => {
    if (value === '') return t(`none.${group}`);
    switch (group) {
      case 'day':
        return format.calendarDay(value);
      case 'account': {
        const name = personal.email(label ?? value);
        return id === null ? `${name} (${t('removed')})` : name;
      }
      case 'key':
        return label ?? `${value} (${t('removed')})`;
      case 'model':
        return value === 'unknown' ? t('unknownModel') : value;
    }
  };
}

/** The requests of a row in the log; none where the log cannot tell them from others. */
export function rowHref(row: UsageRow, report: UsageReport, more: LogWish = {}): string | undefined {
  if (row.value === '') return undefined;
  const span = { since: report.from, until: report.to };
  switch (report.group) {
    case 'model':
      return row.value === 'unknown' ? undefined : logsHref({ ...span, ...more, model: row.value });
    case 'account':
      return logsHref({ ...span, ...more, account: row.value });
    case 'key':
      return logsHref({ ...span, ...more, key: row.value });
    default:
      return logsHref({ ...spanOfDays(row.value, row.value, report.time_zone), ...more });
  }
}
