'use client';

import { useRouter } from 'next/navigation';
import type * as React from 'react';
import { useId, useState } from 'react';
import { toast } from 'sonner';
import { useTranslations } from '@/components/shell/use-translations';
import { AdminApiError } from '@/lib/admin-api/client';
import { type SettingList, settingConflicts } from '@/lib/admin-api/settings';
import { QueryProblem } from '../shell/query-problem';
import { Notice } from '../ui/notice';
import { ConflictDialog } from './conflict-dialog';
import { useFieldText } from './field-text';
import { type Change, changesOf, fieldName, readFormValue } from './form-values';
import { pageOfSetting, settingPath } from './groups';
import { LeaveGuard } from './leave-guard';
import { needsPassword, PasswordDialog } from './password-dialog';
import { useChangeSettings, useSettings } from './queries';
import { SaveBar } from './save-bar';
import { controlId, SettingsContext } from './settings-context';
import { type Choice, useSettingsDraft } from './use-settings-draft';

type Asking =
  /** These changes need the password. */
  | { for: 'password'; changes: Change[] }
  /** These settings were changed elsewhere; `isSaving`: the reader was about to save. */
  | { for: 'choice'; keys: string[]; isSaving: boolean };

/** All settings as one form, whichever group is shown: what was changed stays while the reader looks elsewhere. */
export function SettingsForm({ initial, children }: { initial: SettingList; children: React.ReactNode }) {
  const t = useTranslations('settings');
  const text = useFieldText();
  const router = useRouter();
  const formId = useId();
  const { data, error, refetch } = useSettings(initial);
  const { form, list, values, changes, noticed, takeOver, begin } = useSettingsDraft(data);
  const { mutateAsync, isPending } = useChangeSettings();
  const [asking, setAsking] = useState<Asking>();
  const [problem, setProblem] = useState<Error>();
  const faults = list.items.filter(({ key }) => form.getFieldState(fieldName(key), form.formState).invalid);

  const goTo = (key: string) => {
    const control = document.getElementById(controlId(key));
    if (control !== null) return control.focus();
    const row = list.items.find((known) => known.key === key);
    if (row !== undefined) {
      router.push(`${settingPath(pageOfSetting(row))}?field=${encodeURIComponent(key)}`);
    }
  };
  /** Throws what the password dialog has to show. */
  const send = async (wanted: Change[], password?: string): Promise<void> => {
    setProblem(undefined);
    try {
      const saved = await mutateAsync({ changes: wanted, ...(password === undefined ? {} : { password }) });
      begin(saved);
      setAsking(undefined);
      toast.success(t('saved', { count: wanted.length }));
    } catch (error) {
      if (needsPassword(error)) return setAsking({ for: 'password', changes: wanted });
      if (password !== undefined && isAboutPassword(error)) throw error;
      setAsking(undefined);
      await showRefusal(error);
    }
  };
  const showRefusal = async (error: unknown) => {
    const conflicts = readConflicts(error);
    if (conflicts !== undefined) {
      await refetch();
      return setAsking({ for: 'choice', keys: conflicts, isSaving: true });
    }
    const fields = error instanceof AdminApiError ? Object.keys(error.detail.fields ?? {}) : [];
    const rows = list.items.filter(({ key }) => fields.includes(key));
    for (const row of rows) {
      const rule = {
        whole: 'whole',
        number: 'number',
        url: 'url',
        proxy_url: 'proxy',
        text: 'text',
      } as const;
      const message = row.kind in rule ? rule[row.kind as keyof typeof rule] : 'refused';
      form.setError(fieldName(row.key), { type: 'server', message });
    }
    const [first] = rows;
    if (first === undefined) setProblem(error instanceof Error ? error : new Error(String(error)));
    else goTo(first.key);
    // It may have become one that the environment sets.
    if (error instanceof AdminApiError && error.detail.code === 'setting_locked') void refetch();
  };
  const save = form.handleSubmit(
    () => send(changes),
    () => {
      const first = list.items.find(({ key }) => form.getFieldState(fieldName(key)).invalid);
      if (first !== undefined) goTo(first.key);
    },
  );
  const choose = async (choice: Choice) => {
    if (asking?.for !== 'choice') return;
    const newest = (await refetch()).data ?? data;
    const merged = takeOver(newest, new Map(asking.keys.map((key) => [key, choice])));
    setAsking(undefined);
    const left = changesOf(merged, form.getValues());
    if (asking.isSaving && choice === 'mine' && left.length > 0) await send(left);
  };

  return (
    <SettingsContext.Provider
      value={{
        list,
        control: form.control,
        formId,
        values,
        set: (row, value) =>
          form.setValue(fieldName(row.key), value, {
            shouldDirty: true,
            shouldTouch: true,
            shouldValidate: true,
          }),
      }}
    >
      <div role="status" className="grid gap-2 empty:hidden">
        {error !== null && (
          <Notice tone="warning">
            {t('stale')} <QueryProblem error={error} onRetry={() => void refetch()} />
          </Notice>
        )}
        {noticed.loaded.length > 0 && (
          <Notice tone="info">
            {t('elsewhere.loaded', { names: noticed.loaded.map(text.label).join(', ') })}
          </Notice>
        )}
        {noticed.contested.length > 0 && (
          <Notice tone="warning">
            {t('elsewhere.editing', { names: noticed.contested.map(text.label).join(', ') })}{' '}
            <button
              type="button"
              className="inline-flex min-h-6 items-center font-medium underline max-md:min-h-11"
              onClick={() =>
                setAsking({
                  for: 'choice',
                  keys: noticed.contested.map(({ key }) => key),
                  isSaving: false,
                })
              }
            >
              {t('conflict.compare')}
            </button>
          </Notice>
        )}
      </div>
      {children}
      <SaveBar
        formId={formId}
        count={changes.length}
        faults={form.formState.submitCount > 0 ? faults : []}
        problem={problem}
        isBusy={isPending}
        onSubmit={save}
        onRetry={() => void save()}
        onDiscard={() => {
          setProblem(undefined);
          begin(data);
        }}
        onGoTo={goTo}
      />
      <LeaveGuard count={changes.length} />
      <PasswordDialog
        isOpen={asking?.for === 'password'}
        onOpenChange={(isOpen) => !isOpen && setAsking(undefined)}
        onPassword={async (password) => {
          if (asking?.for === 'password') await send(asking.changes, password);
        }}
      />
      <ConflictDialog
        isOpen={asking?.for === 'choice'}
        onOpenChange={(isOpen) => !isOpen && setAsking(undefined)}
        rows={
          asking?.for === 'choice'
            ? data.items
                .filter(({ key }) => asking.keys.includes(key))
                .map((row) => ({ row, mine: readFormValue(values, row.key) }))
            : []
        }
        onChoose={choose}
      />
    </SettingsContext.Provider>
  );
}

/** The keys of a refusal because somebody else was faster. */
function readConflicts(error: unknown): string[] | undefined {
  if (!(error instanceof AdminApiError) || error.detail.code !== 'conflict') return undefined;
  return settingConflicts.safeParse(error.detail.details).data?.conflicts.map(({ key }) => key);
}

const isAboutPassword = (error: unknown): boolean =>
  error instanceof AdminApiError && ['wrong_password', 'rate_limited'].includes(error.detail.code);
