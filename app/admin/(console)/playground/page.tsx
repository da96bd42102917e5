import type { Metadata } from 'next';
import { headers } from 'next/headers';
import { PlaygroundPanel } from '@/components/playground/playground-panel';
import { PageTitle } from '@/components/shell/page-title';
import { requireSession } from '@/lib/auth/session';
import { pageText } from '@/lib/messages/page-text';
import { listPlaygroundModels } from '@/lib/playground/catalogue';
import { listRuns } from '@/lib/playground/runs';
import { ownOrigin } from '@/lib/route/public-origin';
import { getRuntime } from '@/lib/runtime';

export async function generateMetadata(): Promise<Metadata> {
  const t = await pageText('shell');
  return { title: t('pages.playground') };
}

export default async function PlaygroundPage() {
  await requireSession();
  const t = await pageText('shell');
  const runtime = await getRuntime();
  const [models, runs] = await Promise.all([listPlaygroundModels(runtime, {}), listRuns(runtime)]);
  const requestHeaders = await headers();
  const called = { headers: requestHeaders, url: `http://${requestHeaders.get('host') ?? 'localhost'}` };
  return (
    <>
      <PageTitle title={t('pages.playground')} />
      <PlaygroundPanel models={models} runs={runs} origin={ownOrigin(runtime, called)} />
    </>
  );
}
