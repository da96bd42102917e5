'use client';

import { useTranslations } from '@/components/shell/use-translations';
import { type AccountList, type HealthState, healthStates } from '@/lib/admin-api/accounts';
import { cn } from '@/lib/cn';
import { useFormat } from '../shell/use-format';
import { healthLooks } from './health';

type HealthChipsProps = {
  counts: AccountList['health_counts'];
  /** With those being removed. */
  total: number;
  selected: readonly HealthState[];
  onChange: (selected: HealthState[]) => void;
};

const chipClasses = (isPressed: boolean) =>
  cn(
    'inline-flex h-11 shrink-0 items-center gap-1.5 rounded-full border px-3 text-sm md:h-8',
    isPressed ? 'border-primary bg-primary text-on-primary' : 'border-input bg-card hover:bg-muted',
  );

/** One toggle for each state that occurs, with its number, and one for all. */
export function HealthChips({ counts, total, selected, onChange }: HealthChipsProps) {
  const t = useTranslations('common');
  const names = useTranslations('accounts.column');
  const format = useFormat();
  const shown = healthStates.filter((state) => counts[state] > 0 || selected.includes(state));
  const toggle = (state: HealthState) =>
    onChange(healthStates.filter((one) => (one === state) !== selected.includes(one)));
  return (
    <fieldset className="flex flex-wrap gap-2">
      <legend className="sr-only">{names('health')}</legend>
      <button
        type="button"
        aria-pressed={selected.length === 0}
        onClick={() => onChange([])}
        className={chipClasses(selected.length === 0)}
      >
        {t('all')} <Count isPressed={selected.length === 0}>{format.count(total)}</Count>
      </button>
      {shown.map((state) => {
        const { icon: Icon } = healthLooks[state];
        const isPressed = selected.includes(state);
        return (
          <button
            key={state}
            type="button"
            aria-pressed={isPressed}
            onClick={() => toggle(state)}
            className={chipClasses(isPressed)}
          >
            <Icon aria-hidden className="size-4" />
            {t(`health.${state}`)} <Count isPressed={isPressed}>{format.count(counts[state])}</Count>
          </button>
        );
      })}
    </fieldset>
  );
}

const Count = ({ isPressed, children }: { isPressed: boolean; children: string }) => (
  <span className={cn('tabular-nums', !isPressed && 'text-secondary')}>{children}</span>
);
