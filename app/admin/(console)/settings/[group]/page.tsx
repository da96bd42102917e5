import type { Metadata } from 'next';
import { notFound, redirect } from 'next/navigation';
import { GroupFields } from '@/components/settings/group-fields';
import { parseSettingPage, settingPath } from '@/components/settings/groups';
import { NewPasswordForm } from '@/components/settings/new-password-form';
import { SignIns } from '@/components/settings/sign-ins';
import { UsernameForm } from '@/components/settings/username-form';
import { listSignIns } from '@/lib/auth/account-security';
import { requireSession } from '@/lib/auth/session';
import { pageText } from '@/lib/messages/page-text';
import { getRuntime } from '@/lib/runtime';

export async function generateMetadata(): Promise<Metadata> {
  const t = await pageText('shell');
  return { title: t('pages.settings') };
}

type PageProps = {
  params: Promise<{ group: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
};

export default async function SettingsGroupPage({ params, searchParams }: PageProps) {
  const session = await requireSession();
  const { group } = await params;
  const page = parseSettingPage(group);
  if (page === undefined) notFound();
  if (page !== group) redirect(`${settingPath(page)}${fieldOf(await searchParams)}`);
  if (page !== 'security') return <GroupFields page={page} />;
  return (
    <GroupFields page={page}>
      <UsernameForm username={session.username} />
      <NewPasswordForm />
      <SignIns initial={await listSignIns(await getRuntime(), session)} />
    </GroupFields>
  );
}

/** Another spelling of the address keeps which setting is meant. */
function fieldOf(search: Awaited<PageProps['searchParams']>): string {
  const [field] = [search.field].flat();
  return field === undefined ? '' : `?field=${encodeURIComponent(field)}`;
}
