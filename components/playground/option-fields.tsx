'use client';

import { useTranslations } from '@/components/shell/use-translations';
import type { PlaygroundModels } from '@/lib/admin-api/playground';
import { ToggleGroup, ToggleGroupItem } from '../ui/toggle-group';
import { type Option, obstacleOf, optionsOf, picturesOf, type Ratio, type Tier, type Way } from './form';
import { useTierText } from './use-obstacle-text';
import type { FormControl } from './use-playground-form';

type OptionFieldsProps = {
  way: Way;
  control: FormControl;
  limits: PlaygroundModels['limits'];
  /** The plans that a picked id means. */
  tiers: readonly Tier[] | null;
};

/** Aspect ratio, duration, size and number, as far as the model has a choice. */
export function OptionFields({ way, control, limits, tiers }: OptionFieldsProps) {
  const t = useTranslations('playground');
  const { form, change } = control;
  const options = optionsOf(way, picturesOf(form).length, form);
  const outputs = Array.from({ length: limits.outputs }, (_, index) => index + 1);
  return (
    <div className="grid gap-3 sm:grid-cols-2">
      <Choice
        label={t('aspect')}
        value={form.ratio}
        options={options.ratios}
        tiers={tiers}
        onChange={(ratio) => change({ ratio })}
        show={(ratio) => (
          <>
            <Shape ratio={ratio} />
            {ratio}
          </>
        )}
        name={(ratio) => ratio}
      />
      {options.seconds.length > 0 && (
        <Choice
          label={t('duration')}
          value={form.seconds ?? 0}
          options={options.seconds}
          tiers={tiers}
          onChange={(seconds) => change({ seconds })}
          show={(seconds) => t('seconds', { seconds })}
          name={(seconds) => t('seconds', { seconds })}
        />
      )}
      <Choice
        label={t('resolution')}
        value={form.resolution}
        options={options.resolutions}
        tiers={tiers}
        onChange={(resolution) => change({ resolution })}
        show={(resolution) => resolution.replace('k', 'K')}
        name={(resolution) => resolution.replace('k', 'K')}
      />
      <Choice
        label={t('outputs')}
        value={form.outputs}
        options={outputs.map((value) => ({ value, variant: undefined }))}
        tiers={null}
        isFree
        onChange={(count) => change({ outputs: count })}
        show={(count) => count}
        name={(count) => t('outputCount', { count })}
      />
    </div>
  );
}

type ChoiceProps<T extends string | number> = {
  label: string;
  value: T;
  options: readonly Option<T>[];
  tiers: readonly Tier[] | null;
  /** Every value can be had whatever the accounts are. */
  isFree?: boolean;
  onChange: (value: T) => void;
  show: (value: T) => React.ReactNode;
  name: (value: T) => string;
};

/** Buttons of which one is pressed. One that no account can serve says what it needs, and can be looked at all the same. */
function Choice<T extends string | number>({
  label,
  value,
  options,
  tiers,
  isFree = false,
  onChange,
  show,
  name,
}: ChoiceProps<T>) {
  const t = useTranslations('playground');
  const tierText = useTierText();
  const need = ({ variant }: Option<T>) => {
    const obstacle = variant === undefined ? undefined : obstacleOf(variant, tiers);
    return obstacle?.code === 'tier' || obstacle?.code === 'unhealthy' ? obstacle.tiers : undefined;
  };
  return (
    <div className="grid content-start gap-1.5">
      <span aria-hidden className="font-medium">
        {label}
      </span>
      <ToggleGroup
        type="single"
        aria-label={label}
        value={String(value)}
        onValueChange={(next: string) => {
          const chosen = options.find((option) => String(option.value) === next);
          if (chosen !== undefined) onChange(chosen.value);
        }}
      >
        {options.map((option) => {
          const needed = need(option);
          const text = name(option.value);
          return (
            <ToggleGroupItem
              key={String(option.value)}
              value={String(option.value)}
              // What is chosen stays so; the button below says why it cannot run.
              disabled={
                !isFree && option.value !== value && (option.variant === undefined || needed !== undefined)
              }
              aria-label={
                needed === undefined ? text : t('tierOnly', { value: text, tiers: tierText(needed) })
              }
            >
              {show(option.value)}
              {needed !== undefined && (
                <span aria-hidden className="text-xs opacity-80">
                  {t('needs', { tiers: needed.map((tier) => t(`tiers.${tier}`)).join(' / ') })}
                </span>
              )}
            </ToggleGroupItem>
          );
        })}
      </ToggleGroup>
    </div>
  );
}

const longest = 14;

/** The shape of a ratio, drawn. */
function Shape({ ratio }: { ratio: Ratio }) {
  const [width = 1, height = 1] = ratio.split(':').map(Number);
  const scale = longest / Math.max(width, height);
  return (
    <svg
      aria-hidden
      viewBox="0 0 16 16"
      className="size-4"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
    >
      <rect
        x={8 - (width * scale) / 2}
        y={8 - (height * scale) / 2}
        width={width * scale}
        height={height * scale}
        rx="1.5"
      />
    </svg>
  );
}
