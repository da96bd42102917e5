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
import type { AccountRow, HealthState } from '@/lib/admin-api/accounts';
import type { Tone } from '../ui/badge';

/** How each state of an account is shown: its icon and its colour; its word is `common.health`. */
export const healthLooks: Record<HealthState, { icon: LucideIcon; tone: Tone }> = {
  healthy: { icon: CircleCheck, tone: 'success' },
  degraded: { icon: TriangleAlert, tone: 'warning' },
  cooldown: { icon: Timer, tone: 'warning' },
  exhausted: { icon: BatteryLow, tone: 'warning' },
  expired: { icon: KeyRound, tone: 'danger' },
  banned: { icon: OctagonX, tone: 'danger' },
  disabled: { icon: CircleSlash, tone: 'neutral' },
};

/** What helps an account in its state, as one click. */
export type HealthAction =
  | {
      type:
        | 'enable'
        | 'enable_and_reset'
        | 'end_cooldown'
        | 'replace_token'
        | 'refresh_credits'
        | 'refresh_access'
        | 'reset_errors';
    }
  /** "Try again": ends the blocks of a kind of media or a model. */
  | { type: 'unblock'; scope: string };

/** The one action beside the state of an account; `undefined` where nothing is wrong or nothing here helps. */
export function actionFor({ state, reason, facts }: AccountRow['health']): HealthAction | undefined {
  switch (state) {
    case 'disabled':
      return { type: 'enable' };
    case 'banned':
      return { type: 'enable_and_reset' };
    case 'cooldown':
      return { type: 'end_cooldown' };
    case 'expired':
      return { type: 'replace_token' };
    case 'exhausted':
      return { type: 'refresh_credits' };
    case 'degraded':
      return degradedAction(reason, facts.scope);
    case 'healthy':
      return undefined;
  }
}

function degradedAction(reason: string | undefined, scope: string | undefined): HealthAction | undefined {
  if (scope !== undefined) return { type: 'unblock', scope };
  switch (reason) {
    case 'errors':
      return { type: 'reset_errors' };
    case 'refresh_failing':
      return { type: 'refresh_access' };
    case 'few_credits':
      return { type: 'refresh_credits' };
    default:
      return undefined; // the clock of the server is not set right from here
  }
}
