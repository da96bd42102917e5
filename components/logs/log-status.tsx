'use client';

import {
  Ban,
  CircleCheck,
  CircleX,
  Clock,
  LoaderCircle,
  type LucideIcon,
  OctagonX,
  Timer,
  Unplug,
} from 'lucide-react';
import { useTranslations } from 'use-intl';
import type { LogRow } from '@/lib/admin-api/logs';
import { Badge, type Tone } from '../ui/badge';

const looks: Record<LogRow['status'] | 'queued', { tone: Tone; icon: LucideIcon }> = {
  queued: { tone: 'neutral', icon: Clock },
  running: { tone: 'running', icon: LoaderCircle },
  success: { tone: 'success', icon: CircleCheck },
  refused: { tone: 'danger', icon: OctagonX },
  rate_limited: { tone: 'warning', icon: Timer },
  failed: { tone: 'danger', icon: CircleX },
  cancelled: { tone: 'neutral', icon: Ban },
  left: { tone: 'neutral', icon: Unplug },
};

/** How a request ended, with the code of its answer where it did not go well. */
export function LogStatus({ row }: { row: Pick<LogRow, 'status' | 'code' | 'job'> }) {
  const t = useTranslations('logs.status');
  const shown = row.status === 'running' && row.job?.state === 'queued' ? 'queued' : row.status;
  const { tone, icon } = looks[shown];
  const code =
    row.status === 'success' || row.status === 'running' || row.code === null ? '' : ` ${row.code}`;
  return <Badge tone={tone} icon={icon} label={`${t(shown)}${code}`} spins={shown === 'running'} />;
}
