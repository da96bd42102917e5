'use client';

import { CalendarX2, CircleCheck, CircleSlash, Gauge, type LucideIcon } from 'lucide-react';
import { useTranslations } from '@/components/shell/use-translations';
import type { KeyStatus } from '@/lib/admin-api/keys';
import { Badge, type Tone } from '../ui/badge';

const looks: Record<KeyStatus, { icon: LucideIcon; tone: Tone }> = {
  active: { icon: CircleCheck, tone: 'success' },
  disabled: { icon: CircleSlash, tone: 'neutral' },
  expired: { icon: CalendarX2, tone: 'danger' },
  over_limit: { icon: Gauge, tone: 'warning' },
};

export function KeyStatusBadge({ status }: { status: KeyStatus }) {
  const t = useTranslations('keys');
  return <Badge {...looks[status]} label={t(`status.${status}`)} />;
}
