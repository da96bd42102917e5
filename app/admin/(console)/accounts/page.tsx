import type { Metadata } from 'next';
import { readAccountQuery } from '@/components/accounts/account-query';
import { AccountsPanel } from '@/components/accounts/accounts-panel';
import { listAccountViews } from '@/lib/accounts/list';
import { listAccounts } from '@/lib/admin-api/accounts';
import { requireSession } from '@/lib/auth/session';
import { getRuntime } from '@/lib/runtime';

export const metadata: Metadata = { title: 'Accounts' };

type Search = Record<string, string | string[] | undefined>;

export default async function AccountsPage({ searchParams }: { searchParams: Promise<Search> }) {
  await requireSession();
  const query = readAccountQuery(toParams(await searchParams));
  const list = await listAccountViews(await getRuntime(), listAccounts.query.parse(query));
  return <AccountsPanel initial={{ query, list }} />;
}

function toParams(search: Search): URLSearchParams {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(search)) {
    for (const item of [value].flat()) if (item !== undefined) params.append(name, item);
  }
  return params;
}
