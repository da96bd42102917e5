import type { Metadata } from 'next';
import { cookies } from 'next/headers';
import { redirect } from 'next/navigation';
import { ChangePasswordForm } from '@/components/login/change-password-form';
import { readRefusal } from '@/components/login/form-state';
import { SetupForm } from '@/components/login/setup-form';
import { SignInForm } from '@/components/login/sign-in-form';
import { Brand } from '@/components/shell/brand';
import { parseTheme, themeCookieName } from '@/components/shell/theme';
import { ThemeMenu } from '@/components/shell/theme-menu';
import { Card } from '@/components/ui/card';
import { parseLocalPath } from '@/lib/auth/local-path';
import { findAdminSession } from '@/lib/auth/session';
import { needsSetup } from '@/lib/auth/setup';
import { getRuntime } from '@/lib/runtime';

export async function generateMetadata(): Promise<Metadata> {
  return { title: titles[await whatToShow()] };
}

const titles = {
  'set up': 'Create administrator',
  'change password': 'Change password',
  'sign in': 'Sign in',
} as const;

/** What stands between the visitor and the console; nothing is left where the page is visited with a sign-in. */
async function whatToShow(): Promise<keyof typeof titles> {
  if ((await findAdminSession())?.mustChangePassword === true) return 'change password';
  return (await needsSetup(await getRuntime())) ? 'set up' : 'sign in';
}

type Search = Record<'next' | 'refused' | 'retry_after', string | string[] | undefined>;

export default async function LoginPage({ searchParams }: { searchParams: Promise<Partial<Search>> }) {
  const search = await searchParams;
  const first = (name: keyof Search) => [search[name]].flat()[0];
  const next = parseLocalPath(first('next'));
  const initial = readRefusal(first('refused'), first('retry_after'));
  if ((await findAdminSession())?.mustChangePassword === false) redirect(next);
  const shown = await whatToShow();
  const theme = parseTheme((await cookies()).get(themeCookieName)?.value);
  return (
    <div className="flex min-h-dvh flex-col">
      <header className="flex items-center justify-between p-2 pl-4 md:p-4">
        <Brand />
        <ThemeMenu initial={theme} />
      </header>
      <main className="grid flex-1 place-items-center p-4 pb-24">
        <Card className="grid w-full max-w-sm gap-4 p-6">
          <h1 className="font-semibold text-xl">{titles[shown]}</h1>
          {shown === 'set up' && <SetupForm initial={initial} next={next} />}
          {shown === 'change password' && <ChangePasswordForm next={next} />}
          {shown === 'sign in' && <SignInForm initial={initial} next={next} />}
        </Card>
      </main>
    </div>
  );
}
