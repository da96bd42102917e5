'use client';

import { ChevronLeft, ChevronRight } from 'lucide-react';
import { useTranslations } from '@/components/shell/use-translations';
import { cn } from '@/lib/cn';
import { useFormat } from '../shell/use-format';
import { Button } from '../ui/button';
import { Select, SelectContent, SelectItem, SelectTrigger } from '../ui/select';
import { lastPage, type PageSize, pageChoices, pageSizes, rowsOfPage } from './table-query';

type TableFooterProps = {
  /** "143 keys"; undefined while it is not known. */
  countText: string | undefined;
  wasCleared: boolean;
  isLoading: boolean;
  page: number;
  size: PageSize;
  /** Rows of this page. */
  rowCount: number;
  total: number;
  isTotalCapped: boolean;
  /** Whether there are more rows than the smallest page holds. */
  isShown: boolean;
  onPage: (page: number) => void;
  onSize: (size: PageSize) => void;
};

/** How many there are, which of them are shown, and the way to the others. */
export function TableFooter(props: TableFooterProps) {
  const { page, size, total, isTotalCapped } = props;
  const t = useTranslations('common');
  const format = useFormat();
  const { from, to } = rowsOfPage(page, size, props.rowCount);
  return (
    <div className="flex min-h-8 flex-wrap items-center gap-x-4 gap-y-2 text-secondary text-sm">
      {/* The region is there from the start: one that comes with its text is not read out. */}
      <p aria-live="polite">
        {props.isLoading && t('loading')}
        {props.countText}
        {props.wasCleared && ` ${t('table.selectionCleared')}`}
      </p>
      {props.isShown && (
        <>
          <p className="tabular-nums">
            {t('table.rowsOf', {
              from: format.count(from),
              to: format.count(to),
              total: `${format.count(total)}${isTotalCapped ? '+' : ''}`,
            })}
          </p>
          <div className="flex items-center gap-2">
            <span aria-hidden>{t('table.size')}</span>
            <Select
              value={String(size)}
              onValueChange={(value) => {
                const chosen = pageSizes.find((one) => String(one) === value);
                if (chosen !== undefined) props.onSize(chosen);
              }}
            >
              <SelectTrigger aria-label={t('table.size')} className="w-20 md:h-8" />
              <SelectContent>
                {pageSizes.map((one) => (
                  <SelectItem key={one} value={String(one)}>
                    {String(one)}
                  </SelectItem>
                ))}
              </SelectContent>
            </Select>
          </div>
          <Pages {...props} />
        </>
      )}
    </div>
  );
}

function Pages({ page, size, total, rowCount, isTotalCapped, onPage }: TableFooterProps) {
  const t = useTranslations('common');
  const format = useFormat();
  // Of a capped number more rows may follow: a full page is not the last one.
  const last = Math.max(lastPage(total, size), isTotalCapped && rowCount === size ? page + 1 : page);
  if (last === 1) return null;
  return (
    <nav aria-label={t('table.pages')} className="ml-auto flex flex-wrap items-center gap-1">
      <Button
        variant="ghost"
        size="icon"
        aria-label={t('table.previousPage')}
        disabled={page === 1}
        onClick={() => onPage(page - 1)}
      >
        <ChevronLeft aria-hidden />
      </Button>
      {pageChoices(page, last).map((choice, index) =>
        choice === 'gap' ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: a gap is nothing but its place
          <span key={`gap-${index}`} aria-hidden className="px-1">
            …
          </span>
        ) : (
          <Button
            key={choice}
            variant={choice === page ? 'outline' : 'ghost'}
            aria-label={t('table.page', { page: format.count(choice) })}
            aria-current={choice === page ? 'page' : undefined}
            className={cn('min-w-11 px-2 tabular-nums md:h-8 md:min-w-8', choice !== page && 'max-sm:hidden')}
            onClick={() => onPage(choice)}
          >
            {format.count(choice)}
          </Button>
        ),
      )}
      <Button
        variant="ghost"
        size="icon"
        aria-label={t('table.nextPage')}
        disabled={page >= last}
        onClick={() => onPage(page + 1)}
      >
        <ChevronRight aria-hidden />
      </Button>
    </nav>
  );
}
