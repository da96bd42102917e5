import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { AccountPage } from '@/components/accounts/account-page';
import { findAccountDetail } from '@/lib/accounts/detail';
import { requireSession } from '@/lib/auth/session';
import { pageText } from '@/lib/messages/page-text';
import { getRuntime } from '@/lib/runtime';

type Props = { params: Promise<{ id: string }> };

// Not the e-mail: a title is seen by whoever looks at the windows of this screen.
export async function generateMetadata(): Promise<Metadata> {
  return { title: (await pageText('accounts'))('title') };
}

export default async function OneAccountPage({ params }: Props) {
  await requireSession();
  const { id } = await params;
  const account = await findAccountDetail(await getRuntime(), id);
  if (account === undefined) notFound();
  return <AccountPage initial={account} />;
}
