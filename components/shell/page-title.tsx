import type * as React from 'react';

/** The one `h1` of a page, with its actions beside it. */
export function PageTitle({ title, children }: { title: string; children?: React.ReactNode }) {
  return (
    <div className="flex min-h-11 flex-wrap items-center justify-between gap-3 md:min-h-9">
      <h1 tabIndex={-1} className="wrap-anywhere min-w-0 font-semibold text-xl">
        {title}
      </h1>
      {children}
    </div>
  );
}
