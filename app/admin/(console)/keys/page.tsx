import type { Metadata } from 'next';
import { headers } from 'next/headers';
import { toQuery } from '@/components/data-table/table-query';
import { keyList } from '@/components/keys/key-list';
import { KeysPanel } from '@/components/keys/keys-panel';
import { listKeys } from '@/lib/admin-api/keys';
import { listKeyViews } from '@/lib/api-keys/list';
import { requireSession } from '@/lib/auth/session';
import { pageText } from '@/lib/messages/page-text';
import { describeBaseModels } from '@/lib/models/list';
import { ownOrigin } from '@/lib/route/public-origin';
import { getRuntime } from '@/lib/runtime';

export const generateMetadata = async (): Promise<Metadata> => ({ title: (await pageText('keys'))('title') });

type Search = Record<string, string | string[] | undefined>;

export default async function KeysPage({ searchParams }: { searchParams: Promise<Search> }) {
  await requireSession();
  const runtime = await getRuntime();
  const state = keyList.read(await searchParams);
  const list = await listKeyViews(runtime, listKeys.query.parse(toQuery(state)));
  const models = describeBaseModels().map(({ id, label, kind }) => ({ id, label, kind }));
  // What is of interest are the headers; the address is what it falls back to.
  const origin = ownOrigin(runtime, new Request('http://localhost', { headers: await headers() }));
  return <KeysPanel initial={{ state, list }} models={models} origin={origin} />;
}
