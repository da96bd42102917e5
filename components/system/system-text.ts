'use client';

import { useTranslations } from '@/components/shell/use-translations';
import type { AuditEntry } from '@/lib/admin-api/audit';
import type { LoopStatus } from '@/lib/admin-api/system';

/** Names of loops and actions in the reader's language; what this console does not know is told as the gateway has it. */
export function useSystemText() {
  const t = useTranslations('system');
  type Key = Parameters<typeof t>[0];
  const say = (key: string, fallback: string): string => (t.has(key as Key) ? t(key as Key) : fallback);
  return {
    loopName: ({ name }: Pick<LoopStatus, 'name'>) => say(`loopNames.${name}.name`, name),
    loopTask: ({ name, description }: Pick<LoopStatus, 'name' | 'description'>) =>
      say(`loopNames.${name}.what`, description),
    action: ({ action }: Pick<AuditEntry, 'action'>) => say(`actions.${action}`, action),
  };
}
