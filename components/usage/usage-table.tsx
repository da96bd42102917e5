'use client';

import { ArrowDown, ArrowUp, ChevronsUpDown } from 'lucide-react';
import Link from 'next/link';
import { useState } from 'react';
import { useTranslations } from '@/components/shell/use-translations';
import type { UsageNumbers, UsageRow } from '@/lib/admin-api/usage';
import { Missing } from '../clock/time';
import { useFormat } from '../shell/use-format';
import { Button } from '../ui/button';
import { Card } from '../ui/card';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '../ui/table';
import type { UsageReport } from './queries';
import {
  nextSort,
  sortUsage,
  type UsageColumn,
  type UsageGroup,
  type UsageSort,
  usageColumns,
} from './usage-view';
import { rowHref, useRowName } from './use-row-names';

type UsageTableProps = {
  report: UsageReport;
  group: UsageGroup;
  sort: UsageSort | '';
  onSort: (sort: UsageSort) => void;
};

const shownAtFirst = 100;
const shownErrors = 3;

/** Every group with its numbers, and the way to its requests. */
export function UsageTable({ report, group, sort, onSort }: UsageTableProps) {
  const t = useTranslations('usage');
  const [isWhole, setIsWhole] = useState(false);
  const nameOf = useRowName(group);
  const { items, others, total } = report;
  const rows = sortUsage(items, sort);
  const shown = isWhole ? rows : rows.slice(0, shownAtFirst);
  const count = items.length + (others?.groups ?? 0);
  return (
    <Card>
      <Table caption={t('title')}>
        <TableHead>
          <SortHeader column="name" label={t(`groups.${group}`)} sort={sort} onSort={onSort} />
          {usageColumns.map((column) => (
            <SortHeader
              key={column}
              column={column}
              label={t(`columns.${column}`)}
              sort={sort}
              onSort={onSort}
            />
          ))}
          <TableHeader>{t('columns.errors')}</TableHeader>
          <TableHeader>{t('columns.logs')}</TableHeader>
        </TableHead>
        <TableBody>
          {shown.map((row) => (
            <UsageRowView key={row.value} row={row} name={nameOf(row)} report={report} />
          ))}
          {others !== null && (
            <UsageRowView row={others} name={t('others', { count: others.groups })} report={report} />
          )}
          <UsageRowView row={total} name={t('total')} report={report} isTotal />
        </TableBody>
      </Table>
      <div className="flex flex-wrap items-center gap-3 border-border border-t px-4 py-2">
        <p role="status" className="text-secondary text-sm">
          {t('count', { count })}
        </p>
        {shown.length < rows.length && (
          <Button variant="outline" size="small" onClick={() => setIsWhole(true)}>
            {t('showAll', { count: rows.length })}
          </Button>
        )}
      </div>
    </Card>
  );
}

type SortHeaderProps = {
  column: UsageColumn | 'name';
  label: string;
  sort: UsageSort | '';
  onSort: (sort: UsageSort) => void;
};

function SortHeader({ column, label, sort, onSort }: SortHeaderProps) {
  const isSorted = sort.replace('-', '') === column;
  const isDown = sort.startsWith('-');
  const order = isDown ? 'descending' : 'ascending';
  const Sorted = isDown ? ArrowDown : ArrowUp;
  const Icon = isSorted ? Sorted : ChevronsUpDown;
  return (
    <TableHeader aria-sort={isSorted ? order : 'none'} isNumeric={column !== 'name'}>
      <button
        type="button"
        onClick={() => onSort(nextSort(sort, column))}
        className="inline-flex min-h-6 items-center gap-1 rounded-sm hover:text-text"
      >
        {label}
        <Icon aria-hidden className="size-3.5 shrink-0" />
      </button>
    </TableHeader>
  );
}

type RowViewProps = {
  row: UsageRow | UsageNumbers;
  name: string;
  report: UsageReport;
  isTotal?: boolean;
};

function UsageRowView({ row, name, report, isTotal = false }: RowViewProps) {
  const t = useTranslations('usage');
  const format = useFormat();
  const href = 'value' in row ? rowHref(row, report) : undefined;
  const all = report.total.requests;
  return (
    <TableRow className={isTotal ? 'bg-muted/60 font-medium' : ''}>
      <TableCell isWide className="wrap-anywhere font-medium md:min-w-40">
        {name}
      </TableCell>
      <TableCell label={t('columns.requests')} isNumeric>
        {format.count(row.requests)}
        {!isTotal && all > 0 && (
          <>
            <Share value={row.requests / all} />
            <span className="sr-only">{t('share', { share: format.rate(row.requests, all) })}</span>
          </>
        )}
      </TableCell>
      <TableCell label={t('columns.success')} isNumeric>
        {row.success_rate === null ? <Missing /> : format.rate(row.success_rate, 1)}
      </TableCell>
      {(['images', 'videos', 'credits'] as const).map((column) => (
        <TableCell key={column} label={t(`columns.${column}`)} isNumeric>
          {format.count(row[column])}
        </TableCell>
      ))}
      {(['p50', 'p95'] as const).map((column) => {
        const ms = row[`${column}_ms`];
        return (
          <TableCell key={column} label={t(`columns.${column}`)} isNumeric className="whitespace-nowrap">
            {ms === null ? <Missing /> : format.duration(ms)}
          </TableCell>
        );
      })}
      <TableCell label={t('columns.errors')} isWide className="md:min-w-44">
        <Errors row={row} report={report} />
      </TableCell>
      <TableCell>
        {href !== undefined && (
          <Link
            href={href}
            aria-label={t('logsOf', { name })}
            className="inline-flex min-h-11 items-center text-primary hover:underline md:min-h-6"
          >
            {t('openLogs')}
          </Link>
        )}
      </TableCell>
    </TableRow>
  );
}

/** The most frequent causes, each with the way to its requests. */
function Errors({ row, report }: { row: UsageRow | UsageNumbers; report: UsageReport }) {
  const t = useTranslations('usage');
  const format = useFormat();
  if (row.errors.length === 0) return <Missing />;
  const rest = row.errors.slice(shownErrors).reduce((sum, { count }) => sum + count, 0);
  return (
    <ul className="flex flex-wrap gap-x-3 md:grid">
      {row.errors.slice(0, shownErrors).map(({ code, count }) => {
        const href = 'value' in row ? rowHref(row, report, { q: code }) : undefined;
        const text = `${code} × ${format.count(count)}`;
        return (
          <li key={code} className="wrap-anywhere font-mono text-xs">
            {href === undefined ? (
              text
            ) : (
              <Link href={href} className="inline-flex min-h-11 items-center hover:underline md:min-h-6">
                {text}
              </Link>
            )}
          </li>
        );
      })}
      {rest > 0 && <li className="text-secondary text-xs">{t('moreErrors', { n: format.count(rest) })}</li>}
    </ul>
  );
}

/** The part of the whole, as a bar below the number. */
function Share({ value }: { value: number }) {
  return (
    <svg
      aria-hidden="true"
      viewBox="0 0 100 4"
      preserveAspectRatio="none"
      className="mt-1 block h-1 w-full md:ml-auto md:w-24"
    >
      <rect width={100} height={4} rx={2} fill="var(--muted)" />
      <rect width={Math.max(value * 100, value > 0 ? 1 : 0)} height={4} rx={2} fill="var(--chart-1)" />
    </svg>
  );
}
