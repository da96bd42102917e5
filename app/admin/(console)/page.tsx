import type { Metadata } from 'next';
import { OverviewPanel } from '@/components/overview/overview-panel';
import { readOverviewView } from '@/components/overview/view';
import { toRangeQuery } from '@/components/range/range';
import { requireSession } from '@/lib/auth/session';
import { pageText } from '@/lib/messages/page-text';
import { readOverview } from '@/lib/overview';
import { readOverviewCharts } from '@/lib/overview-charts';
import { getRuntime } from '@/lib/runtime';

type PageProps = { searchParams: Promise<Record<string, string | string[] | undefined>> };

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await pageText('overview'))('title') };
}

export default async function OverviewPage({ searchParams }: PageProps) {
  await requireSession();
  const runtime = await getRuntime();
  const view = readOverviewView(await searchParams, runtime.now());
  const query = toRangeQuery(view.range);
  const [overview, charts] = await Promise.all([
    readOverview(runtime, { ...query, compare: view.isCompared }),
    readOverviewCharts(runtime, query),
  ]);
  return <OverviewPanel initial={{ view, overview, charts }} />;
}
