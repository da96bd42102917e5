import type * as React from 'react';
import { cn } from '@/lib/cn';

/**
 * A table that becomes a list of cards below 768 px: there each cell shows its own label, taken from `data-label`.
 * `role` keeps it a table for assistive technology, since `display` takes that meaning away.
 */
export function Table({
  caption,
  className,
  children,
  ...props
}: React.ComponentProps<'table'> & { caption: string }) {
  return (
    <div className="md:overflow-x-auto">
      <table
        // biome-ignore lint/a11y/noRedundantRoles: display:block below 768 px would remove the meaning
        role="table"
        className={cn('block w-full text-sm md:table', className)}
        {...props}
      >
        <caption className="sr-only">{caption}</caption>
        {children}
      </table>
    </div>
  );
}

export function TableHead({ children }: { children: React.ReactNode }) {
  return (
    // biome-ignore lint/a11y/noRedundantRoles: as above
    <thead role="rowgroup" className="hidden md:table-header-group">
      {/** biome-ignore lint/a11y/noRedundantRoles: as above */}
      <tr role="row" className="border-border border-b">
        {children}
      </tr>
    </thead>
  );
}

export function TableHeader({
  className,
  isNumeric = false,
  ...props
}: React.ComponentProps<'th'> & { isNumeric?: boolean }) {
  return (
    <th
      // biome-ignore lint/a11y/noRedundantRoles: as above
      role="columnheader"
      scope="col"
      className={cn(
        'px-3 py-2 text-left font-medium text-secondary text-xs whitespace-nowrap first:pl-4 last:pr-4',
        isNumeric && 'text-right',
        className,
      )}
      {...props}
    />
  );
}

export function TableBody({ children }: { children: React.ReactNode }) {
  return (
    // biome-ignore lint/a11y/noRedundantRoles: as above
    <tbody role="rowgroup" className="block divide-y divide-border md:table-row-group">
      {children}
    </tbody>
  );
}

export function TableRow({ className, ...props }: React.ComponentProps<'tr'>) {
  return (
    <tr
      // biome-ignore lint/a11y/noRedundantRoles: as above
      role="row"
      className={cn('grid gap-1 px-4 py-3 md:table-row md:hover:bg-muted/60', className)}
      {...props}
    />
  );
}

type CellProps = React.ComponentProps<'td'> & {
  /** Shown before the value on phones; absent for the cell that is the card's title. */
  label?: string;
  isNumeric?: boolean;
};

export function TableCell({ label, isNumeric = false, className, children, ...props }: CellProps) {
  return (
    <td
      // biome-ignore lint/a11y/noRedundantRoles: as above
      role="cell"
      className={cn(
        'flex min-w-0 items-baseline justify-between gap-4 md:table-cell md:px-3 md:py-2.5 md:align-top md:first:pl-4 md:last:pr-4',
        isNumeric && 'tabular-nums md:text-right',
        className,
      )}
      {...props}
    >
      {label !== undefined && (
        <span aria-hidden className="shrink-0 text-secondary md:hidden">
          {label}
        </span>
      )}
      <div className={cn('min-w-0', label !== undefined && 'text-right md:text-inherit')}>{children}</div>
    </td>
  );
}
