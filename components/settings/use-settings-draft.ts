'use client';

import { zodResolver } from '@hookform/resolvers/zod';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useForm, useWatch } from 'react-hook-form';
import { z } from 'zod';
import type { SettingList, SettingRow } from '@/lib/admin-api/settings';
import {
  changesOf,
  compareLists,
  type FormValues,
  faultOf,
  fieldName,
  readFormValue,
  toFormValue,
  toFormValues,
} from './form-values';

const formValue = z.union([z.string(), z.boolean(), z.null()]);

/** The rules of all settings; a message is the name of the rule. */
const schemaOf = ({ items }: SettingList) =>
  z.record(z.string(), z.record(z.string(), formValue)).superRefine((values, context) => {
    for (const row of items) {
      const fault = faultOf(row, readFormValue(values, row.key));
      if (fault !== undefined) context.addIssue({ code: 'custom', path: row.key.split('.'), message: fault });
    }
  });

/** What the reader chose of two values. */
export type Choice = 'mine' | 'theirs';

/** What happened elsewhere since the reader began. */
type Noticed = { loaded: SettingRow[]; contested: SettingRow[] };

const nothing: Noticed = { loaded: [], contested: [] };

/**
 * The settings as the reader is changing them, over those that they began with. What was changed elsewhere is taken over
 * where the reader changed nothing, and is told where they did.
 */
export function useSettingsDraft(data: SettingList) {
  const [list, setList] = useState(data);
  const [noticed, setNoticed] = useState(nothing);
  const schema = useMemo(() => schemaOf(list), [list]);
  const form = useForm<FormValues>({
    resolver: zodResolver(schema),
    defaultValues: toFormValues(data),
    mode: 'onTouched',
  });
  const values = useWatch({ control: form.control }) as FormValues;
  const known = useRef({ list, seen: data });

  const takeOver = useCallback(
    (next: SettingList, chosen: ReadonlyMap<string, Choice> = new Map()): SettingList => {
      const before = known.current.list;
      const { loaded, contested } = compareLists(before, next, form.getValues());
      const open = contested.filter(({ key }) => !chosen.has(key));
      const theirs = next.items.filter(({ key }) => chosen.get(key) === 'theirs');
      for (const row of [...loaded, ...theirs]) {
        form.resetField(fieldName(row.key), { defaultValue: toFormValue(row) });
      }
      const kept = new Map(
        before.items.filter(({ key }) => open.some((row) => row.key === key)).map((row) => [row.key, row]),
      );
      const merged = { ...next, items: next.items.map((row) => kept.get(row.key) ?? row) };
      known.current = { list: merged, seen: next };
      setList(merged);
      setNoticed((earlier) => ({
        loaded: loaded.length > 0 ? loaded : earlier.loaded,
        contested: open,
      }));
      return merged;
    },
    [form],
  );

  useEffect(() => {
    if (known.current.seen !== data) takeOver(data);
  }, [data, takeOver]);

  /** Begins anew with what is in force. */
  const begin = (next: SettingList) => {
    known.current = { list: next, seen: next };
    setList(next);
    setNoticed(nothing);
    form.reset(toFormValues(next));
  };

  return {
    form,
    list,
    values,
    changes: useMemo(() => changesOf(list, values), [list, values]),
    noticed,
    takeOver,
    begin,
  };
}
