'use client';

import { ArrowLeft } from 'lucide-react';
import Link from 'next/link';
import { useTranslations } from 'use-intl';
import type { LogDetail } from '@/lib/admin-api/logs';
import { PageTitle } from '../shell/page-title';
import { Button } from '../ui/button';
import { Card } from '../ui/card';
import { LogDetailView } from './log-detail';
import { LogProblem } from './log-problem';
import { useLog } from './queries';

type LogPageProps = { address: string; initial: LogDetail; origin: string };

/** One request on a page of its own. */
export function LogPage({ address, initial, origin }: LogPageProps) {
  const t = useTranslations('logs');
  const { data = initial, error, refetch } = useLog(address, initial);
  return (
    <div className="grid max-w-4xl grid-cols-1 gap-4">
      <PageTitle title={data.request_id ?? t('row', { id: address })}>
        <Button asChild variant="outline">
          <Link href={`/admin/logs?log=${encodeURIComponent(address)}`}>
            <ArrowLeft aria-hidden />
            {t('backToList')}
          </Link>
        </Button>
      </PageTitle>
      {error !== null && <LogProblem error={error} isOld onRetry={() => void refetch()} />}
      <Card className="p-4">
        <LogDetailView log={data} origin={origin} />
      </Card>
    </div>
  );
}
