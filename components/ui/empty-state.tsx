import type { LucideIcon } from 'lucide-react';
import type * as React from 'react';

/** What stands where there is nothing yet: what would be here, and how it gets here. */
export function EmptyState({
  icon: Icon,
  title,
  children,
  action,
}: {
  icon: LucideIcon;
  title: string;
  children?: React.ReactNode;
  action?: React.ReactNode;
}) {
  return (
    <div className="grid justify-items-center gap-3 px-4 py-10 text-center">
      <Icon aria-hidden className="size-6 text-secondary" />
      <div className="grid max-w-[60ch] gap-1">
        <p className="font-medium">{title}</p>
        {children !== undefined && <div className="text-secondary text-sm">{children}</div>}
      </div>
      {action}
    </div>
  );
}
