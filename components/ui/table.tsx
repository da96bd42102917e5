import type * as React from 'react';
import { cn } from '@/lib/cn';

/**
 * A table that becomes a list of cards below 768 px: there each cell stands below its own label, three beside each
 * other. Every part says its role, since `display` takes the meaning of a table away.
 */
export function Table({
  caption,
  className,
  children,
  ...props
}: React.ComponentProps<'table'> & { caption: string }) {
  return (
    // Positioned, so that hidden text inside is cut off with the box instead of widening the page.
    <div className="relative md:overflow-x-auto">
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
      {/* biome-ignore lint/a11y/noRedundantRoles: as above */}
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
        'whitespace-nowrap px-3 py-2 text-left font-medium text-secondary text-xs first:pl-4 last:pr-4',
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
      className={cn(
        'grid grid-cols-3 gap-x-3 gap-y-2.5 px-4 py-3.5 md:table-row md:hover:bg-muted/60',
        className,
      )}
      {...props}
    />
  );
}

type CellProps = React.ComponentProps<'td'> & {
  /** Shown above the value on phones; absent where the value speaks for itself. */
  label?: string;
  isNumeric?: boolean;
  /** Takes the whole width of the card on phones. */
  isWide?: boolean;
};

export function TableCell({
  label,
  isNumeric = false,
  isWide = false,
  className,
  children,
  ...props
}: CellProps) {
  return (
    <td
      // biome-ignore lint/a11y/noRedundantRoles: as above
      role="cell"
      className={cn(
        'block min-w-0 md:table-cell md:px-3 md:py-2.5 md:align-top md:first:pl-4 md:last:pr-4',
        isWide && 'col-span-3',
        isNumeric && 'tabular-nums md:text-right',
        className,
      )}
      {...props}
    >
      {label !== undefined && (
        <span aria-hidden className="mb-0.5 block text-secondary text-xs md:hidden">
          {label}
        </span>
      )}
      {children}
    </td>
  );
}
