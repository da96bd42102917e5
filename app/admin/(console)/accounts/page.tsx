import type { Metadata } from 'next';
import type { SearchParams } from 'nuqs/server';
import { accountList, toAccountQuery } from '@/components/accounts/account-list';
import { AccountsPanel } from '@/components/accounts/accounts-panel';
import { listAccountViews } from '@/lib/accounts/list';
import { listAccounts } from '@/lib/admin-api/accounts';
import { requireSession } from '@/lib/auth/session';
import { pageText } from '@/lib/messages/page-text';
import { getRuntime } from '@/lib/runtime';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await pageText('accounts'))('title') };
}

export default async function AccountsPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  await requireSession();
  const query = toAccountQuery(accountList.read(await searchParams));
  const list = await listAccountViews(await getRuntime(), listAccounts.query.parse(query));
  return <AccountsPanel initial={{ query, list }} />;
}
