import type { Metadata } from 'next';
import { OverviewPanel } from '@/components/overview/overview-panel';
import { PageTitle } from '@/components/shell/page-title';
import { requireSession } from '@/lib/auth/session';
import { readOverview } from '@/lib/overview';
import { getRuntime } from '@/lib/runtime';

export const metadata: Metadata = { title: 'Overview' };

export default async function OverviewPage() {
  await requireSession();
  const overview = await readOverview(await getRuntime());
  return (
    <>
      <PageTitle title="Overview" />
      <OverviewPanel initial={overview} />
    </>
  );
}
