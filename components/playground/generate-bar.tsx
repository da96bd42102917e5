'use client';

import { Sparkles } from 'lucide-react';
import { useId } from 'react';
import { useTranslations } from '@/components/shell/use-translations';
import { cn } from '@/lib/cn';
import { useFormat } from '../shell/use-format';
import { Button } from '../ui/button';
import { Kbd } from '../ui/kbd';
import type { costOf } from './form';

// Keys are called the same in every language.
const shortcut = 'Ctrl+Enter';

type GenerateBarProps = {
  /** `undefined`: no price is known. */
  cost: ReturnType<typeof costOf>;
  /** Why it cannot be pressed now. */
  reason: string;
  /** What the reader has to do first is said plainly; what the accounts lack stands out. */
  isWarning: boolean;
  isBusy: boolean;
  onGenerate: () => void;
};

/** The button with its price; on phones it stays at the bottom of the screen. */
export function GenerateBar({ cost, reason, isWarning, isBusy, onGenerate }: GenerateBarProps) {
  const t = useTranslations('playground');
  const format = useFormat();
  const reasonId = useId();
  const price = () => {
    if (cost === undefined) return t('costUnknown');
    if (cost.from === cost.to) return t('credits', { count: cost.from });
    return t('creditRange', { from: format.count(cost.from), to: format.count(cost.to) });
  };
  const isOff = reason !== '';
  return (
    <div className="sticky bottom-0 z-10 -mx-4 grid gap-1.5 border-border border-t bg-card px-4 py-3 md:static md:mx-0 md:border-0 md:p-0">
      <p
        id={reasonId}
        aria-live="polite"
        className={cn('text-sm empty:hidden', isWarning ? 'text-warning' : 'text-secondary')}
      >
        {reason}
      </p>
      <div className="flex items-center gap-3">
        <Button
          className="max-md:w-full"
          isBusy={isBusy}
          aria-disabled={isOff || isBusy || undefined}
          aria-describedby={isOff ? reasonId : undefined}
          onClick={() => !isOff && onGenerate()}
        >
          <Sparkles aria-hidden />
          {t('generateCost', { cost: price() })}
        </Button>
        <span className="max-md:hidden">
          <Kbd>{shortcut}</Kbd>
        </span>
      </div>
    </div>
  );
}
