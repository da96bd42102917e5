import {
  BatteryLow,
  CircleCheck,
  CircleSlash,
  KeyRound,
  type LucideIcon,
  OctagonX,
  Timer,
  TriangleAlert,
} from 'lucide-react';
import type { HealthState } from '@/lib/admin-api/accounts';
import type { Tone } from '../ui/badge';

/** How each state of an account is shown: its word, its icon and its colour. */
export const healthLooks: Record<HealthState, { label: string; icon: LucideIcon; tone: Tone }> = {
  healthy: { label: 'Healthy', icon: CircleCheck, tone: 'success' },
  degraded: { label: 'Degraded', icon: TriangleAlert, tone: 'warning' },
  cooldown: { label: 'Cooling down', icon: Timer, tone: 'warning' },
  exhausted: { label: 'Out of credits', icon: BatteryLow, tone: 'warning' },
  expired: { label: 'Sign-in expired', icon: KeyRound, tone: 'danger' },
  banned: { label: 'Auto-disabled', icon: OctagonX, tone: 'danger' },
  disabled: { label: 'Disabled', icon: CircleSlash, tone: 'neutral' },
};

/** Tiers as people know them. */
export const tierLabels = { free: 'Free', pro: 'Pro', ultra: 'Ultra' } as const;
