'use client';

import type * as React from 'react';
import { createContext, useContext, useEffect, useMemo, useRef, useState } from 'react';
import { toast } from 'sonner';
import { useTranslations } from '@/components/shell/use-translations';
import type { AccountRow } from '@/lib/admin-api/accounts';
import { usePersonal } from '../shell/personal';
import { useFormat } from '../shell/use-format';
import { useStatus } from '../shell/use-status';
import { type AccountCall, callAccount, sendEdit, unblock, useAccountCache } from './queries';
import { useProblemText } from './use-account-words';

/** What can be done with an account. Some ask first, in a dialog of their own. */
export type AccountAction =
  | { type: AccountCall | 'delete' | 'replace_token' }
  | { type: 'unblock'; scope: string };

/** A dialog about one account. */
type AccountDialog = {
  type: 'end_cooldown' | 'disable' | 'delete' | 'replace_token';
  row: AccountRow;
};

export type SwitchName = 'image_enabled' | 'video_enabled';

type Actions = {
  run: (row: AccountRow, action: AccountAction) => void;
  /** Does what a dialog has asked about. Throws what the gateway refused. */
  confirm: (row: AccountRow, call: 'end_cooldown' | 'disable') => Promise<void>;
  setSwitch: (row: AccountRow, name: SwitchName, isOn: boolean) => void;
  isBusy: (id: string, action: string) => boolean;
  /** What failed last on an account, told beside it. */
  failureOf: (id: string) => { action: string; error: Error } | undefined;
  forget: (id: string) => void;
  dialog: AccountDialog | undefined;
  closeDialog: () => void;
};

const ActionsContext = createContext<Actions | undefined>(undefined);

const undoMs = 8_000;

/** Everything that is done with single accounts on a page, and what is under way or has failed. */
export function AccountActionsProvider({ children }: { children: React.ReactNode }) {
  const t = useTranslations('accounts');
  const common = useTranslations('common');
  const format = useFormat();
  const personal = usePersonal();
  const problemText = useProblemText();
  const { data: status } = useStatus();
  const cache = useAccountCache();
  const [busy, setBusy] = useState<readonly string[]>([]);
  const [failures, setFailures] = useState<ReadonlyMap<string, { action: string; error: Error }>>(new Map());
  const [dialog, setDialog] = useState<AccountDialog>();

  const forget = (id: string) =>
    setFailures((known) => new Map([...known].filter(([account]) => account !== id)));

  const nameOf = (row: AccountRow) => personal.email(row.email);

  const fail = (row: AccountRow, action: string, error: unknown) => {
    const failure = error instanceof Error ? error : new Error(String(error));
    setFailures((known) => new Map(known).set(row.id, { action, error: failure }));
    const { text, asGiven } = problemText(error);
    const title = t(`failed.${action as 'enable'}`, { name: nameOf(row) });
    toast.error(title, {
      description: asGiven === undefined ? text : `${text} (${asGiven})`,
      duration: Number.POSITIVE_INFINITY,
    });
  };

  /** One call after which the row is known anew; the button turns meanwhile. */
  const call = async (row: AccountRow, action: string, send: () => Promise<AccountRow>) => {
    const key = `${row.id} ${action}`;
    if (busy.includes(key)) return;
    setBusy((known) => [...known, key]);
    forget(row.id);
    try {
      const answer = await send();
      cache.put(answer);
      toast.success(
        t(`done.${action as 'enable'}`, {
          name: nameOf(row),
          credits: answer.credits === null ? '—' : format.count(answer.credits),
        }),
      );
    } catch (error) {
      fail(row, action, error);
    } finally {
      setBusy((known) => known.filter((one) => one !== key));
      void cache.refetch();
    }
  };

  /** Shown at once; taken back when the gateway refuses. */
  const assume = async (
    row: AccountRow,
    action: string,
    changes: Partial<AccountRow>,
    send: () => Promise<AccountRow>,
  ): Promise<boolean> => {
    forget(row.id);
    const takeBack = await cache.assume(row.id, changes);
    try {
      cache.put(await send());
      return true;
    } catch (error) {
      takeBack();
      fail(row, action, error);
      return false;
    } finally {
      void cache.refetch();
    }
  };

  const enable = (row: AccountRow) =>
    assume(row, 'enable', { enabled: true, health: { state: 'healthy', facts: {} } }, () =>
      callAccount(row.id, 'enable'),
    );

  const disable = async (row: AccountRow) => {
    const since = new Date().toISOString();
    const changes = { enabled: false, health: { state: 'disabled' as const, facts: { since } } };
    const isDone = await assume(row, 'disable', changes, () => callAccount(row.id, 'disable'));
    if (!isDone) return;
    toast.success(t('done.disable', { name: nameOf(row) }), {
      duration: undoMs,
      action: { label: common('undo'), onClick: () => void enable(row) },
    });
  };

  const run = (row: AccountRow, action: AccountAction) => {
    if (action.type === 'unblock') {
      return void call(row, 'unblock', () => unblock(row.id, action.scope));
    }
    const { type } = action;
    switch (type) {
      case 'delete':
      case 'replace_token':
      case 'end_cooldown':
        return setDialog({ type, row });
      case 'disable': {
        const isLast = row.health.state === 'healthy' && status.accounts.healthy <= 1;
        return isLast ? setDialog({ type: 'disable', row }) : void disable(row);
      }
      case 'enable':
        return void enable(row);
      default:
        return void call(row, type, () => callAccount(row.id, type));
    }
  };

  const actions: Actions = {
    run,
    confirm: async (row, which) => {
      if (which === 'disable') return disable(row);
      await call(row, which, () => callAccount(row.id, which));
    },
    setSwitch: (row, name, isOn) =>
      void assume(row, name, { [name]: isOn }, () => sendEdit(row.id, { [name]: isOn })),
    isBusy: (id, action) => busy.includes(`${id} ${action}`),
    failureOf: (id) => failures.get(id),
    forget,
    dialog,
    closeDialog: () => setDialog(undefined),
  };
  // Cells are drawn anew when what they show changes, not with every answer of the server.
  const latest = useRef(actions);
  useEffect(() => {
    latest.current = actions;
  });
  const stable = useMemo<Actions>(
    () => ({
      ...latest.current,
      run: (row, action) => latest.current.run(row, action),
      confirm: (row, which) => latest.current.confirm(row, which),
      setSwitch: (row, name, isOn) => latest.current.setSwitch(row, name, isOn),
      forget: (id) => latest.current.forget(id),
      isBusy: (id, action) => busy.includes(`${id} ${action}`),
      failureOf: (id) => failures.get(id),
      dialog,
    }),
    [busy, failures, dialog],
  );
  return <ActionsContext.Provider value={stable}>{children}</ActionsContext.Provider>;
}

export function useAccountActions(): Actions {
  const actions = useContext(ActionsContext);
  if (actions === undefined) throw new Error('useAccountActions stands outside of AccountActionsProvider');
  return actions;
}
