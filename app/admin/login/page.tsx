import type { Metadata } from 'next';
import { cookies } from 'next/headers';
import { redirect } from 'next/navigation';
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
import { createAdministratorAction, signInAction } from './actions';

export const metadata: Metadata = { title: 'Sign in' };

export default async function LoginPage({
  searchParams,
}: {
  searchParams: Promise<{ next?: string | string[] }>;
}) {
  const next = parseLocalPath([(await searchParams).next].flat()[0]);
  if ((await findAdminSession()) !== undefined) redirect(next);
  const isSetup = await needsSetup(await getRuntime());
  const theme = parseTheme((await cookies()).get(themeCookieName)?.value);
  return (
    <div className="flex min-h-dvh flex-col">
      <header className="flex items-center justify-between p-2 pl-4 md:p-4">
        <Brand />
        <ThemeMenu initial={theme} />
      </header>
      <main className="grid flex-1 place-items-center p-4 pb-24">
        <Card className="grid w-full max-w-sm gap-4 p-6">
          <h1 className="font-semibold text-xl">{isSetup ? 'Create administrator' : 'Sign in'}</h1>
          {isSetup ? (
            <SetupForm action={createAdministratorAction} next={next} />
          ) : (
            <SignInForm action={signInAction} next={next} />
          )}
        </Card>
      </main>
    </div>
  );
}
