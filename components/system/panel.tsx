'use client';

import type * as React from 'react';
import { useId } from 'react';
import { Card } from '../ui/card';

type PanelProps = { title: string; aside?: React.ReactNode; isBusy?: boolean; children: React.ReactNode };

/** A card with its heading, and something beside it. */
export function Panel({ title, aside, isBusy = false, children }: PanelProps) {
  const id = useId();
  return (
    <Card aria-labelledby={id} aria-busy={isBusy}>
      <div className="flex min-h-12 flex-wrap items-center justify-between gap-x-3 gap-y-1 border-border border-b px-4 py-2">
        <h2 id={id} className="font-semibold text-lg">
          {title}
        </h2>
        {aside}
      </div>
      {children}
    </Card>
  );
}

/** Names with what belongs to them, one below the other. */
export function Facts({ children }: { children: React.ReactNode }) {
  return <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-2 p-4 text-sm">{children}</dl>;
}

export function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div className="contents">
      <dt className="text-secondary">{name}</dt>
      <dd className="min-w-0 break-words tabular-nums">{children}</dd>
    </div>
  );
}
