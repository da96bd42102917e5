'use client';

import { X } from 'lucide-react';
import { useTranslations } from '@/components/shell/use-translations';
import type { AccountRow } from '@/lib/admin-api/accounts';
import { Button } from '../ui/button';
import { actionFor, type HealthAction } from './health';
import { HealthBadge } from './health-badge';
import { ProblemText } from './problem';
import { type AccountAction, useAccountActions } from './use-account-actions';

/** What the button beside a state does. */
const toAction = (action: HealthAction): AccountAction => {
  if (action.type === 'unblock') return action;
  return { type: action.type === 'enable_and_reset' ? 'enable' : action.type };
};

/** State, reason, the one thing that helps, and what failed last. */
export function HealthCell({ row }: { row: AccountRow }) {
  return (
    <div className="grid justify-items-start gap-1 py-1">
      <HealthBadge row={row} />
      <HealthButton row={row} />
      <ActionFailure id={row.id} />
    </div>
  );
}

export function HealthButton({ row }: { row: AccountRow }) {
  const t = useTranslations('accounts.action');
  const { run, isBusy } = useAccountActions();
  const action = actionFor(row.health);
  if (action === undefined || row.is_being_removed) return null;
  return (
    <Button
      variant="link"
      size="inline"
      className="min-h-6 text-sm max-md:min-h-11"
      isBusy={isBusy(row.id, toAction(action).type)}
      onClick={() => run(row, toAction(action))}
    >
      {t(action.type)}
    </Button>
  );
}

/** What failed last on an account, until it is put away or something else is tried. */
export function ActionFailure({ id }: { id: string }) {
  const t = useTranslations('accounts');
  const { failureOf, forget } = useAccountActions();
  const failure = failureOf(id);
  if (failure === undefined) return null;
  return (
    <div className="flex items-start gap-1 text-danger text-xs md:max-w-[40ch]">
      <div className="wrap-anywhere min-w-0">
        {t(`action.${failure.action as 'enable'}`)}: <ProblemText error={failure.error} />
      </div>
      <Button variant="ghost" size="iconSmall" aria-label={t('dismiss')} onClick={() => forget(id)}>
        <X aria-hidden />
      </Button>
    </div>
  );
}
