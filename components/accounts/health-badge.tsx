'use client';

import { Trash2 } from 'lucide-react';
import { useTranslations } from '@/components/shell/use-translations';
import type { AccountRow } from '@/lib/admin-api/accounts';
import { Badge } from '../ui/badge';
import { healthLooks } from './health';
import { HealthText } from './health-text';

/** State of an account with its reason below. */
export function HealthBadge({ row }: { row: Pick<AccountRow, 'health' | 'is_being_removed' | 'running'> }) {
  const t = useTranslations('accounts');
  const common = useTranslations('common');
  if (row.is_being_removed) {
    const count = row.running.image + row.running.video;
    return <Badge tone="neutral" icon={Trash2} label={t('removing', { count })} />;
  }
  return (
    <>
      <Badge {...healthLooks[row.health.state]} label={common(`health.${row.health.state}`)} />
      <p className="wrap-anywhere text-secondary text-xs empty:hidden md:max-w-[34ch]">
        <HealthText health={row.health} />
      </p>
    </>
  );
}
