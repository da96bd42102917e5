'use client';

import { type AccountList, type HealthState, healthStates } from '@/lib/admin-api/accounts';
import { cn } from '@/lib/cn';
import { formatCount } from '@/lib/format';
import { healthLooks } from './health';

type HealthChipsProps = {
  counts: AccountList['health_counts'];
  selected: HealthState[];
  onChange: (selected: HealthState[]) => void;
};

/** One toggle for each state that occurs, with its number; none pressed shows all. */
export function HealthChips({ counts, selected, onChange }: HealthChipsProps) {
  const shown = healthStates.filter((state) => counts[state] > 0 || selected.includes(state));
  const toggle = (state: HealthState) =>
    onChange(selected.includes(state) ? selected.filter((other) => other !== state) : [...selected, state]);
  return (
    <fieldset className="flex flex-wrap gap-2">
      <legend className="sr-only">Health</legend>
      {shown.map((state) => {
        const { icon: Icon, label } = healthLooks[state];
        const isPressed = selected.includes(state);
        return (
          <button
            key={state}
            type="button"
            aria-pressed={isPressed}
            onClick={() => toggle(state)}
            className={cn(
              'inline-flex h-11 items-center gap-1.5 rounded-full border px-3 text-sm md:h-8',
              isPressed ? 'border-primary bg-primary text-on-primary' : 'border-input bg-card hover:bg-muted',
            )}
          >
            <Icon aria-hidden className="size-4" />
            {label}
            <span className={cn('tabular-nums', !isPressed && 'text-secondary')}>
              {formatCount(counts[state])}
            </span>
          </button>
        );
      })}
    </fieldset>
  );
}
