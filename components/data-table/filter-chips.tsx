'use client';

import { X } from 'lucide-react';
import { useTranslations } from '@/components/shell/use-translations';
import { Button } from '../ui/button';

/** One filter that is on. */
export type FilterChip = {
  id: string;
  /** "Status: Active". */
  label: string;
  onRemove: () => void;
};

/** The filters that are on, each with a way to take it off, and all together. */
export function FilterChips({ chips, onClear }: { chips: readonly FilterChip[]; onClear: () => void }) {
  const t = useTranslations('common');
  if (chips.length === 0) return null;
  return (
    <ul aria-label={t('table.activeFilters')} className="flex flex-wrap items-center gap-2">
      {chips.map((chip) => (
        <li key={chip.id}>
          <button
            type="button"
            aria-label={t('table.removeFilter', { filter: chip.label })}
            onClick={chip.onRemove}
            className="inline-flex h-11 max-w-full items-center gap-1.5 rounded-full border border-input bg-muted px-3 text-sm hover:border-primary md:h-7"
          >
            <span className="min-w-0 truncate">{chip.label}</span>
            <X aria-hidden className="size-3.5 shrink-0" />
          </button>
        </li>
      ))}
      <li>
        <Button variant="link" size="small" className="px-2" onClick={onClear}>
          {t('clearFilters')}
        </Button>
      </li>
    </ul>
  );
}
