import type { Metadata } from 'next';
import { cookies } from 'next/headers';
import { redirect } from 'next/navigation';
import { ChangePasswordForm } from '@/components/login/change-password-form';
import { LoginFrame } from '@/components/login/login-frame';
import { readRefusal } from '@/components/login/refusal';
import { SetupForm } from '@/components/login/setup-form';
import { SignInForm } from '@/components/login/sign-in-form';
import { readPreferences } from '@/components/shell/preferences';
import { parseTheme, themeCookieName } from '@/components/shell/theme';
import { Card } from '@/components/ui/card';
import { parseLocalPath } from '@/lib/auth/local-path';
import { findAdminSession } from '@/lib/auth/session';
import { needsSetup } from '@/lib/auth/setup';
import { messagesOf } from '@/lib/messages/messages';
import { pageText, readLanguage } from '@/lib/messages/page-text';
import { getRuntime } from '@/lib/runtime';

export async function generateMetadata(): Promise<Metadata> {
  const t = await pageText('login');
  return { title: t(`title.${await whatToShow()}`) };
}

/** What stands between the visitor and the console; nothing is left where the page is visited with a sign-in. */
async function whatToShow(): Promise<'setUp' | 'changePassword' | 'signIn'> {
  if ((await findAdminSession())?.mustChangePassword === true) return 'changePassword';
  return (await needsSetup(await getRuntime())) ? 'setUp' : 'signIn';
}

type Search = Record<'next' | 'refused' | 'retry_after', string | string[] | undefined>;

export default async function LoginPage({ searchParams }: { searchParams: Promise<Partial<Search>> }) {
  const search = await searchParams;
  const first = (name: keyof Search) => [search[name]].flat()[0];
  const next = parseLocalPath(first('next'));
  const initial = readRefusal(first('refused'), first('retry_after'));
  if ((await findAdminSession())?.mustChangePassword === false) redirect(next);
  const shown = await whatToShow();
  const jar = await cookies();
  const language = await readLanguage();
  const { login, common, shell } = messagesOf(language);
  return (
    <LoginFrame
      language={language}
      messages={{ login, common, shell }}
      preferences={readPreferences((name) => jar.get(name)?.value)}
      theme={parseTheme(jar.get(themeCookieName)?.value)}
    >
      <Card className="grid w-full max-w-sm gap-4 p-6">
        <h1 className="font-semibold text-xl">{login.title[shown]}</h1>
        {shown === 'setUp' && <SetupForm initial={initial} next={next} />}
        {shown === 'changePassword' && <ChangePasswordForm next={next} />}
        {shown === 'signIn' && <SignInForm initial={initial} next={next} />}
      </Card>
    </LoginFrame>
  );
}
