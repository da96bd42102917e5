'use client';

import { useTranslations } from '@/components/shell/use-translations';
import type { SettingRow } from '@/lib/admin-api/settings';
import { useFormat } from '../shell/use-format';
import { largerAmount } from './form-values';

/** The words of settings in the reader's language. What this console does not know yet is told as the gateway has it. */
export function useFieldText() {
  const t = useTranslations('settings');
  const common = useTranslations('common');
  const format = useFormat();
  type Key = Parameters<typeof t>[0];
  const say = (key: string, fallback: string): string => (t.has(key as Key) ? t(key as Key) : fallback);

  const label = (row: Pick<SettingRow, 'key' | 'label'>) => say(`fields.${row.key}.label`, row.label);
  const choice = ({ key }: Pick<SettingRow, 'key'>, value: string) => ({
    label: say(`fields.${key}.choices.${value}.label`, value),
    help: say(`fields.${key}.choices.${value}.help`, ''),
  });
  const unit = ({ unit }: Pick<SettingRow, 'unit'>) => (unit === null ? '' : say(`unit.${unit}`, unit));
  const number = (count: number) => (Number.isInteger(count) ? format.count(count) : String(count));

  /** The same in a larger unit, where that helps: "12 h" for 43,200 seconds. */
  const larger = (count: number, row: Pick<SettingRow, 'unit'>): string | undefined => {
    const amount = largerAmount(count, row.unit);
    if (amount === undefined) return undefined;
    return amount.unit === 'bytes'
      ? format.size(amount.count)
      : t(`amount.${amount.unit}`, { count: amount.count });
  };

  return {
    label,
    choice,
    unit,
    larger,
    help: (row: Pick<SettingRow, 'key' | 'help'>) => say(`fields.${row.key}.help`, row.help),
    /** A value in words, with its unit. */
    value(row: SettingRow, value: SettingRow['value']): string {
      if (value === null) return t('secret.hidden');
      if (typeof value === 'boolean') return common(value ? 'on' : 'off');
      if (value === '') return t('empty');
      if (typeof value === 'string') return row.choices === null ? value : choice(row, value).label;
      const inLarger = larger(value, row);
      const plain = [number(value), unit(row)].filter((part) => part !== '').join(' ');
      return inLarger === undefined ? plain : `${plain} (${inLarger})`;
    },
    /** What would be right, by the name of the rule. */
    fault(row: SettingRow, rule: string): string {
      if (rule === 'text') return say(`fields.${row.key}.rule`, t('fault.refused'));
      if (rule === 'whole' || rule === 'number') {
        return t(`fault.${rule}`, { min: row.min ?? 0, max: row.max ?? 0 });
      }
      return say(`fault.${rule}`, t('fault.refused'));
    },
    /** Everything that a search may mean by this setting. */
    searchable: (row: SettingRow): string[] => [
      row.key,
      row.label,
      label(row),
      say(`fields.${row.key}.help`, row.help),
      ...(row.choices ?? []).map((value) => choice(row, value).label),
    ],
  };
}
