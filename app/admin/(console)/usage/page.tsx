import type { Metadata } from 'next';
import { UsagePanel } from '@/components/usage/usage-panel';
import { readUsageView, toUsageQuery } from '@/components/usage/usage-view';
import { requireSession } from '@/lib/auth/session';
import { pageText } from '@/lib/messages/page-text';
import { getRuntime } from '@/lib/runtime';
import { reportUsage } from '@/lib/usage/report';

type PageProps = { searchParams: Promise<Record<string, string | string[] | undefined>> };

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await pageText('usage'))('title') };
}

export default async function UsagePage({ searchParams }: PageProps) {
  await requireSession();
  const runtime = await getRuntime();
  const view = readUsageView(await searchParams, runtime.now());
  const report = await reportUsage(runtime, toUsageQuery(view, runtime.now()));
  return <UsagePanel initial={{ view, report }} />;
}
