import { Compass } from 'lucide-react';
import Link from 'next/link';
import { Button } from '../ui/button';

export function NotFoundPanel() {
  return (
    <div className="grid max-w-md justify-items-center gap-3 text-center">
      <Compass aria-hidden className="size-6 text-secondary" />
      <h1 tabIndex={-1} className="font-semibold text-xl">
        There is no such page
      </h1>
      <p className="text-secondary">The address may be mistyped, or the page has gone.</p>
      <Button asChild>
        <Link href="/admin">Go to Overview</Link>
      </Button>
    </div>
  );
}
