'use client';

import type * as React from 'react';
import { useTranslations } from '@/components/shell/use-translations';
import type { SettingRow } from '@/lib/admin-api/settings';
import { QueryProblem } from '../shell/query-problem';
import { Button } from '../ui/button';
import { Notice } from '../ui/notice';
import { useFieldText } from './field-text';

type SaveBarProps = {
  formId: string;
  /** How many settings are changed and not saved. */
  count: number;
  /** Fields at fault, after the reader tried to save. */
  faults: SettingRow[];
  problem: Error | undefined;
  isBusy: boolean;
  onSubmit: (event: React.FormEvent) => void;
  onRetry: () => void;
  onDiscard: () => void;
  onGoTo: (key: string) => void;
};

/** Stands at the bottom while something is not saved. Its form is the one that the fields belong to. */
export function SaveBar({
  formId,
  count,
  faults,
  problem,
  isBusy,
  onSubmit,
  onRetry,
  onDiscard,
  onGoTo,
}: SaveBarProps) {
  const t = useTranslations('settings');
  const common = useTranslations('common');
  const text = useFieldText();
  return (
    <>
      <p role="status" className="sr-only">
        {count > 0 && common('unsavedChanges', { count })}
      </p>
      {count > 0 && (
        <form
          id={formId}
          noValidate
          aria-label={t('bar')}
          onSubmit={(event) => void onSubmit(event)}
          className="-mx-4 md:-mx-6 sticky bottom-0 z-10 grid gap-2 border-border border-t bg-card px-4 py-3 md:px-6"
        >
          <div role="alert" className="grid gap-2 empty:hidden">
            {problem !== undefined && (
              <Notice tone="danger">
                {t('notSaved')} <QueryProblem error={problem} onRetry={onRetry} />
              </Notice>
            )}
            {faults.length > 0 && (
              <Notice tone="danger">
                {common('errorSummary', { count: faults.length })}{' '}
                {faults.map((row) => (
                  <button
                    key={row.key}
                    type="button"
                    className="mr-3 inline-flex min-h-6 items-center font-medium underline max-md:min-h-11"
                    onClick={() => onGoTo(row.key)}
                  >
                    {text.label(row)}
                  </button>
                ))}
              </Notice>
            )}
          </div>
          {/* At the left, since messages come up at the right. */}
          <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2 md:justify-start">
            <span className="font-medium">{common('unsavedChanges', { count })}</span>
            <div className="flex gap-2">
              <Button variant="outline" onClick={onDiscard}>
                {common('discard')}
              </Button>
              <Button type="submit" isBusy={isBusy}>
                {common('saveChanges')}
              </Button>
            </div>
          </div>
        </form>
      )}
    </>
  );
}
