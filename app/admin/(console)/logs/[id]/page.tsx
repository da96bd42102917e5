import type { Metadata } from 'next';
import { headers } from 'next/headers';
import { notFound } from 'next/navigation';
import { LogPage } from '@/components/logs/log-page';
import { requireSession } from '@/lib/auth/session';
import { isGatewayError } from '@/lib/errors';
import { pageText } from '@/lib/messages/page-text';
import { readLog } from '@/lib/observability/read-logs';
import { ownOrigin } from '@/lib/route/public-origin';
import { getRuntime } from '@/lib/runtime';

type Props = { params: Promise<{ id: string }> };

export const generateMetadata = async (): Promise<Metadata> => ({ title: (await pageText('logs'))('title') });

export default async function OneLogPage({ params }: Props) {
  await requireSession();
  const { id } = await params;
  const runtime = await getRuntime();
  const log = await readLog(runtime, id).catch((error: unknown) => {
    if (isGatewayError(error) && error.code === 'not_found') return undefined;
    throw error;
  });
  if (log === undefined) notFound();
  const origin = ownOrigin(runtime, new Request('http://localhost', { headers: await headers() }));
  return <LogPage address={id} initial={log} origin={origin} />;
}
