'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { changePassword, changeUsername } from '@/lib/admin-api/account-security';
import { callAdmin, isSignedOut } from '@/lib/admin-api/client';
import { endOtherSessions, endSession, listSessions, type SignIn } from '@/lib/admin-api/sessions';
import {
  changeSettings,
  listSettings,
  revealSetting,
  type SettingList,
  testProxy,
} from '@/lib/admin-api/settings';
import { statusKey } from '../shell/use-status';
import type { Change } from './form-values';

const settingsKey = ['settings'] as const;
const sessionsKey = ['sessions'] as const;

/** Every setting. Asked anew only when the reader comes back to the page: a form must not change under its reader. */
export const useSettings = (initial: SettingList) =>
  useQuery({
    queryKey: settingsKey,
    queryFn: ({ signal }) => callAdmin(listSettings, { signal }),
    initialData: initial,
    retry: false,
    refetchOnWindowFocus: (query) => (isSignedOut(query.state.error) ? false : 'always'),
    refetchOnMount: 'always',
  });

/** Saves changes: all of them or none. */
export function useChangeSettings() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: { changes: Change[]; password?: string }) => callAdmin(changeSettings, { body }),
    onSuccess: (list) => {
      client.setQueryData(settingsKey, list);
      void client.invalidateQueries({ queryKey: statusKey });
    },
  });
}

/** The secret goes to who asked and nowhere else: not into the cache. */
export const sendReveal = (body: { key: string; password?: string }) => callAdmin(revealSetting, { body });

export const useTestProxy = () =>
  useMutation({
    gcTime: 0, // what was sent may hold a password
    mutationFn: (body: { key: 'proxy.url' | 'proxy.media_url'; url?: string }) =>
      callAdmin(testProxy, { body }),
  });

export const sendUsername = (body: { username: string; current_password: string }) =>
  callAdmin(changeUsername, { body });

export const sendNewPassword = (body: { current_password: string; new_password: string }) =>
  callAdmin(changePassword, { body });

/** The sign-ins that hold now. */
export const useSignIns = (initial: SignIn[]) =>
  useQuery({
    queryKey: sessionsKey,
    queryFn: async ({ signal }) => (await callAdmin(listSessions, { signal })).items,
    initialData: initial,
    retry: false,
    refetchOnMount: 'always',
  });

/** Ends one sign-in, or all others. */
export function useEndSignIns() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (which: { id: string } | 'others') =>
      which === 'others' ? callAdmin(endOtherSessions) : callAdmin(endSession, { params: which }),
    onSettled: () => client.invalidateQueries({ queryKey: sessionsKey }),
  });
}

/** The list of sign-ins is another after the password was changed. */
export function useForgetSignIns() {
  const client = useQueryClient();
  return () => client.invalidateQueries({ queryKey: sessionsKey });
}
