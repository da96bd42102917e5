import type { Metadata } from 'next';
import { headers } from 'next/headers';
import { createLoader, type SearchParams } from 'nuqs/server';
import { toView } from '@/components/logs/live-merge';
import { logList, pageParsers, toLogFilter, toLogQuery } from '@/components/logs/log-list';
import { LogsPanel } from '@/components/logs/logs-panel';
import * as contract from '@/lib/admin-api/logs';
import { requireSession } from '@/lib/auth/session';
import { pageText } from '@/lib/messages/page-text';
import { listLogs, summariseLogs } from '@/lib/observability/read-logs';
import { ownOrigin } from '@/lib/route/public-origin';
import { getRuntime } from '@/lib/runtime';

export const generateMetadata = async (): Promise<Metadata> => ({ title: (await pageText('logs'))('title') });

const readPage = createLoader(pageParsers);

export default async function LogsPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  await requireSession();
  const runtime = await getRuntime();
  const search = await searchParams;
  const state = logList.read(search);
  const page = readPage(search);
  const isLive = page.live === '1' && state.page === 1 && state.sort === '-at';
  const wish = { state, until: state.page === 1 ? null : page.until, isLive };
  const now = runtime.now();
  const [list, summary] = await Promise.all([
    listLogs(runtime, contract.listLogs.query.parse(toLogQuery(state, wish.until, now))),
    summariseLogs(runtime, contract.summariseLogs.query.parse(toLogFilter(state, now))),
  ]);
  // What is of interest are the headers; the address is what it falls back to.
  const origin = ownOrigin(runtime, new Request('http://localhost', { headers: await headers() }));
  return <LogsPanel initial={{ wish, view: toView(list), summary }} origin={origin} />;
}
