'use client';

import Link from 'next/link';
import { Missing } from '../clock/time';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '../ui/table';
import type { ChartData, PointHref } from './chart-data';

type ChartTableProps = ChartData & {
  title: string;
  /** What stands above the places of the axis. */
  axisName: string;
  format: (value: number) => string;
  hrefOf?: PointHref | undefined;
};

/** The numbers of a chart, all of them. */
export function ChartTable({ title, axisName, series, rows, format, hrefOf }: ChartTableProps) {
  return (
    <Table caption={title}>
      <TableHead>
        <TableHeader>{axisName}</TableHeader>
        {series.map(({ key, name }) => (
          <TableHeader key={key} isNumeric>
            {name}
          </TableHeader>
        ))}
      </TableHead>
      <TableBody>
        {rows.map((row) => (
          <TableRow key={row.id}>
            <TableCell isWide className="whitespace-nowrap font-medium">
              {row.title}
            </TableCell>
            {series.map((one) => {
              const value = row.values[one.key] ?? null;
              const href = value === null || value === 0 ? undefined : hrefOf?.(row, one);
              return (
                <TableCell key={one.key} label={one.name} isNumeric>
                  <Value text={value === null ? undefined : format(value)} href={href} />
                </TableCell>
              );
            })}
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}

function Value({ text, href }: { text: string | undefined; href: string | undefined }) {
  if (text === undefined) return <Missing />;
  if (href === undefined) return text;
  return (
    <Link
      href={href}
      className="inline-flex min-h-6 items-center text-primary underline-offset-4 hover:underline max-md:min-h-11"
    >
      {text}
    </Link>
  );
}
