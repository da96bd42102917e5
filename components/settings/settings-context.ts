'use client';

import { createContext, useContext } from 'react';
import type { Control } from 'react-hook-form';
import type { SettingList, SettingRow } from '@/lib/admin-api/settings';
import type { FormValue, FormValues } from './form-values';

/** The form of all settings, which stays while the reader goes from group to group. */
type SettingsState = {
  /** As the form began with them. */
  list: SettingList;
  control: Control<FormValues>;
  /** The form that Enter in a field sends. */
  formId: string;
  values: FormValues;
  set: (row: SettingRow, value: FormValue) => void;
};

export const SettingsContext = createContext<SettingsState | undefined>(undefined);

export function useSettingsForm(): SettingsState {
  const state = useContext(SettingsContext);
  if (state === undefined) throw new Error('useSettingsForm stands outside of SettingsForm');
  return state;
}

/** Where the keyboard goes to change a setting. */
export const controlId = (key: string): string => `setting-${key.replaceAll('.', '-')}`;
