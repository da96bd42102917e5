import { NavigationSheet } from './navigation-sheet';
import { SignOutButton } from './sign-out-button';
import type { Theme } from './theme';
import { ThemeMenu } from './theme-menu';

export function Header({ username, theme }: { username: string; theme: Theme }) {
  return (
    <header className="sticky top-0 z-20 flex h-14 items-center gap-2 border-border border-b bg-card px-2 md:h-12 md:px-4">
      <NavigationSheet />
      <div className="ml-auto flex min-w-0 items-center gap-1">
        <span className="truncate px-2 text-secondary text-sm max-sm:sr-only">
          <span className="sr-only">Signed in as </span>
          {username}
        </span>
        <ThemeMenu initial={theme} />
        <SignOutButton />
      </div>
    </header>
  );
}
