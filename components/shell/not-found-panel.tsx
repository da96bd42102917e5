import { Compass } from 'lucide-react';
import Link from 'next/link';
import { Button } from '../ui/button';

/** What stands in place of a page that there is not. Texts come from outside: it is drawn with and without the shell. */
export function NotFoundPanel({ title, text, action }: { title: string; text: string; action: string }) {
  return (
    <div className="grid max-w-md justify-items-center gap-3 text-center">
      <Compass aria-hidden className="size-6 text-secondary" />
      <h1 tabIndex={-1} className="font-semibold text-xl">
        {title}
      </h1>
      <p className="text-secondary">{text}</p>
      <Button asChild>
        <Link href="/admin">{action}</Link>
      </Button>
    </div>
  );
}
