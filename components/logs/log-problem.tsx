'use client';

import { useTranslations } from 'use-intl';
import { AdminApiError } from '@/lib/admin-api/client';
import { QueryProblem } from '../shell/query-problem';
import { Notice } from '../ui/notice';

type ProblemProps = { error: Error; isOld: boolean; onRetry: () => void };

/** Why a request cannot be shown, or not as it is now. */
export function LogProblem({ error, isOld, onRetry }: ProblemProps) {
  const t = useTranslations('logs');
  const isGone = error instanceof AdminApiError && error.status === 404;
  return (
    <Notice tone={isGone ? 'info' : 'danger'} role="alert" className="mb-4">
      {isOld && `${t('notUpToDate')} `}
      {isGone ? t('notInLog') : <QueryProblem error={error} onRetry={onRetry} />}
    </Notice>
  );
}
