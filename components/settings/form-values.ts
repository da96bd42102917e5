import { findSettingFault, readSettingText } from '@/lib/admin-api/setting-value';
import type { SettingList, SettingRow } from '@/lib/admin-api/settings';

/** What a control holds: text as it was typed, a switch, or, of a secret, null for "take away what is stored". */
export type FormValue = string | boolean | null;

/** By the two parts of a key, `flow.timeout`: so that the form library can name them. */
export type FormValues = Record<string, Record<string, FormValue>>;

type FieldName = `${string}.${string}`;

/** Keys of settings have two parts. */
export const fieldName = (key: string): FieldName => key as FieldName;

export function readFormValue(values: FormValues, key: string): FormValue | undefined {
  const [part = '', name = ''] = key.split('.');
  return values[part]?.[name];
}

/** What the control of a setting holds when nothing was changed. A secret is not shown, so its field is empty. */
export function toFormValue({ kind, is_secret, value }: SettingRow): FormValue {
  if (is_secret) return '';
  return kind === 'flag' ? value === true : String(value ?? '');
}

export function toFormValues({ items }: Pick<SettingList, 'items'>): FormValues {
  const values: FormValues = {};
  for (const row of items) {
    const [part = '', name = ''] = row.key.split('.');
    values[part] = { ...values[part], [name]: toFormValue(row) };
  }
  return values;
}

export type Change = { key: string; value: string | number | boolean | null; version: string | null };

/**
 * What is to be saved for a setting; `undefined` where its control holds what is in force. What would count without
 * anything saved is not saved: the saved value is forgotten.
 */
export function changeOf(row: SettingRow, held: FormValue | undefined): Change | undefined {
  const { key, version } = row;
  if (held === undefined || row.locked_by !== null) return undefined;
  if (row.is_secret) {
    if (held === null) return { key, version, value: row.source === 'database' ? null : '' };
    return held === '' || held === false ? undefined : { key, version, value: held };
  }
  const value = typeof held === 'string' ? readSettingText(row, held) : (held ?? '');
  if (value === row.value) return undefined;
  return { key, version, value: row.version !== null && value === row.unsaved_value ? null : value };
}

/** Every change of the form. */
export const changesOf = ({ items }: Pick<SettingList, 'items'>, values: FormValues): Change[] =>
  items.flatMap((row) => changeOf(row, readFormValue(values, row.key)) ?? []);

/** What is wrong with what a control holds. */
export function faultOf(row: SettingRow, held: FormValue | undefined) {
  if (typeof held !== 'string' || row.locked_by !== null) return undefined;
  if (row.is_secret && held === '') return undefined;
  return findSettingFault(row, held);
}

/** What somebody else did while the form was open. */
type Elsewhere = {
  /** Not touched here: the new value can simply be shown. */
  loaded: SettingRow[];
  /** Touched here as well: the reader has to choose. */
  contested: SettingRow[];
};

/** How newly read settings differ from those that the form began with. */
export function compareLists(before: SettingList, after: SettingList, values: FormValues): Elsewhere {
  const known = new Map(before.items.map((row) => [row.key, row]));
  const elsewhere: Elsewhere = { loaded: [], contested: [] };
  for (const row of after.items) {
    const old = known.get(row.key);
    if (old === undefined || !isOther(old, row)) continue;
    const isTouched = changeOf(old, readFormValue(values, row.key)) !== undefined;
    elsewhere[isTouched ? 'contested' : 'loaded'].push(row);
  }
  return elsewhere;
}

const isOther = (one: SettingRow, other: SettingRow) =>
  one.version !== other.version ||
  one.value !== other.value ||
  one.masked !== other.masked ||
  one.locked_by !== other.locked_by;

/** Whether a setting is meant by what was typed into the search: every word of it stands in one of its texts. */
export function matchesSearch(texts: readonly string[], search: string): boolean {
  const inside = texts.join('\n').toLowerCase();
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => inside.includes(word));
}

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;

/** A number of a unit in a larger one, where that is easier to read; `undefined` where it is not. */
export function largerAmount(
  count: number,
  unit: string | null,
): { unit: 'days' | 'hours' | 'minutes' | 'bytes'; count: number } | undefined {
  if (unit === 'MB') return count >= 1_000 ? { unit: 'bytes', count: count * 1_000_000 } : undefined;
  const unitSeconds = { seconds: 1, minutes: minute, hours: hour }[unit ?? ''];
  if (unitSeconds === undefined || !Number.isFinite(count)) return undefined;
  const seconds = count * unitSeconds;
  for (const [name, length] of [
    ['days', day],
    ['hours', hour],
    ['minutes', minute],
  ] as const) {
    if (length > unitSeconds && seconds >= length && seconds % length === 0) {
      return { unit: name, count: seconds / length };
    }
  }
  return undefined;
}
