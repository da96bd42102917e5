import type { AccountRow } from '@/lib/admin-api/accounts';
import { Countdown } from '../clock/time';
import { Badge } from '../ui/badge';
import { healthLooks } from './health';

/** State of an account with its reason below. */
export function HealthBadge({
  health,
  isBeingRemoved,
}: {
  health: AccountRow['health'];
  isBeingRemoved: boolean;
}) {
  const look = healthLooks[health.state];
  return (
    <div className="grid justify-items-start gap-1">
      <Badge {...look} />
      {isBeingRemoved && <p className="text-secondary text-xs">Being removed</p>}
      {(health.detail !== undefined || health.until !== undefined) && (
        <p className="wrap-anywhere text-secondary text-xs md:max-w-[34ch]">
          {health.detail}
          {health.until !== undefined && (
            <>
              {health.detail !== undefined && ', '}back <Countdown until={health.until} over="any moment" />
            </>
          )}
        </p>
      )}
    </div>
  );
}
