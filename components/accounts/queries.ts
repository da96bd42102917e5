'use client';

import {
  keepPreviousData,
  type QueryKey,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import {
  type AccountDetail,
  type AccountList,
  type AccountQuery,
  type AccountRow,
  createAccountProject,
  deleteAccount,
  disableAccount,
  type EditAccountInput,
  editAccount,
  enableAccount,
  endAccountCooldown,
  getAccount,
  listAccounts,
  refreshAccountAccess,
  refreshAccountCredits,
  resetAccountErrors,
  type StartBulkInput,
  startBulk,
  unblockAccount,
} from '@/lib/admin-api/accounts';
import { callAdmin } from '@/lib/admin-api/client';
import { listLogs } from '@/lib/admin-api/logs';
import { readSamples } from '@/lib/admin-api/samples';
import { getTask, stopTask, type TaskView } from '@/lib/admin-api/tasks';
import { readUsage } from '@/lib/admin-api/usage';
import { useLiveQuery } from '../live/live';
import { statusKey } from '../shell/use-status';

const refreshEveryMs = 15_000;
const refreshWhileWorkingMs = 3_000;
const taskEveryMs = 1_000;
const dayMs = 86_400_000;
const chartDays = 30;

const accountKeys = {
  all: ['accounts'] as const,
  lists: ['accounts', 'list'] as const,
  list: (query: AccountQuery) => ['accounts', 'list', query] as const,
  details: ['accounts', 'detail'] as const,
  detail: (id: string) => ['accounts', 'detail', id] as const,
};

const paceOf = (isWorking: boolean) => (isWorking ? refreshWhileWorkingMs : refreshEveryMs);

/** The accounts that a query asks for. `initial` is what the server rendered for this very query. */
export const useAccounts = (query: AccountQuery, initial: AccountList | undefined, isWorking: boolean) =>
  useQuery({
    queryKey: accountKeys.list(query),
    queryFn: ({ signal }) => callAdmin(listAccounts, { query, signal }),
    ...(initial === undefined ? {} : { initialData: initial }),
    placeholderData: keepPreviousData,
    // A page that was visited again brings newer data than the cache may have.
    select: (known) => (initial !== undefined && known.at < initial.at ? initial : known),
    ...useLiveQuery(paceOf(isWorking)),
  });

/** One account with what only its own page shows. */
export const useAccount = (id: string, initial: AccountDetail | undefined, isWorking = false) =>
  useQuery({
    queryKey: accountKeys.detail(id),
    queryFn: ({ signal }) => callAdmin(getAccount, { params: { id }, signal }),
    ...(initial === undefined ? {} : { initialData: initial }),
    ...useLiveQuery(paceOf(isWorking)),
  });

/** The latest requests that one account served. */
export const useAccountRequests = (id: string) =>
  useQuery({
    queryKey: ['logs', 'account', id],
    queryFn: ({ signal }) => callAdmin(listLogs, { query: { account: [id], limit: 20 }, signal }),
    ...useLiveQuery(refreshEveryMs),
  });

/** How many credits an account had on each of the last days. */
export const useCreditsOverTime = (id: string) =>
  useQuery({
    queryKey: ['samples', 'credits', id],
    queryFn: ({ signal }) =>
      callAdmin(readSamples, {
        query: {
          name: ['credits'],
          scope: [id],
          from: new Date(Date.now() - chartDays * dayMs).toISOString(),
          bucket: dayMs / 1_000,
        },
        signal,
      }),
    ...useLiveQuery(5 * 60_000),
  });

/** What each account did in the last 24 hours; asked for only where somebody looks at it. */
export const useLastDay = (isWanted: boolean) =>
  useQuery({
    queryKey: ['usage', 'accounts', 'last day'],
    queryFn: ({ signal }) => callAdmin(readUsage, { query: { group: 'account' }, signal }),
    enabled: isWanted,
    select: ({ items }) => new Map(items.flatMap((item) => (item.id === null ? [] : [[item.id, item]]))),
    ...useLiveQuery(60_000),
  });

/** How a task is doing, until it has ended. */
export const useTask = (id: string | null) => {
  const live = useLiveQuery(taskEveryMs);
  return useQuery({
    queryKey: ['tasks', id],
    queryFn: ({ signal }) => callAdmin(getTask, { params: { id: id ?? '' }, signal }),
    enabled: id !== null,
    ...live,
    refetchInterval: (query) => {
      const { data } = query.state;
      return data !== undefined && data.state !== 'running' ? false : live.refetchInterval(query);
    },
  });
};

/** Asks a task to stop after the rows under way. */
export function useStopTask() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => callAdmin(stopTask, { params: { id } }),
    onSuccess: (task: TaskView) => client.setQueryData(['tasks', task.id], task),
  });
}

/** Begins work on many accounts. */
export function useStartBulk() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: StartBulkInput) => callAdmin(startBulk, { body }),
    onSuccess: (task) => client.setQueryData(['tasks', task.id], task),
  });
}

/** What can be done with one account at once; each answers with its row. */
const calls = {
  enable: (id: string) => callAdmin(enableAccount, { params: { id } }),
  disable: (id: string) => callAdmin(disableAccount, { params: { id } }),
  reset_errors: (id: string) => callAdmin(resetAccountErrors, { params: { id } }),
  end_cooldown: (id: string) => callAdmin(endAccountCooldown, { params: { id } }),
  refresh_access: (id: string) => callAdmin(refreshAccountAccess, { params: { id } }),
  refresh_credits: (id: string) => callAdmin(refreshAccountCredits, { params: { id } }),
};

export type AccountCall = keyof typeof calls;

export const callAccount = (id: string, action: AccountCall) => calls[action](id);

export const unblock = (id: string, scope: string) =>
  callAdmin(unblockAccount, { params: { id }, body: { scope } });

export const sendEdit = (id: string, body: EditAccountInput) =>
  callAdmin(editAccount, { params: { id }, body });

export const sendDelete = (id: string) => callAdmin(deleteAccount, { params: { id } });

export const sendProject = (id: string, body: { title?: string; choose: boolean }) =>
  callAdmin(createAccountProject, { params: { id }, body });

/** Ways to keep what the browser knows of accounts true to what was done. */
export function useAccountCache() {
  const client = useQueryClient();
  const change = (id: string, make: <Row extends AccountRow>(row: Row) => Row) => {
    client.setQueriesData<AccountList>({ queryKey: accountKeys.lists }, (list) =>
      list === undefined
        ? undefined
        : { ...list, items: list.items.map((row) => (row.id === id ? make(row) : row)) },
    );
    client.setQueryData<AccountDetail>(accountKeys.detail(id), (detail) =>
      detail === undefined ? undefined : make(detail),
    );
  };
  return {
    /** Puts in what the server answered. */
    put: (row: AccountRow) => change(row.id, (known) => ({ ...known, ...row })),
    /** Shows a change before the server has answered. Gives the way back. */
    async assume(id: string, changes: Partial<AccountRow>): Promise<() => void> {
      await client.cancelQueries({ queryKey: accountKeys.all });
      const before: [QueryKey, unknown][] = [
        ...client.getQueriesData({ queryKey: accountKeys.lists }),
        ...client.getQueriesData({ queryKey: accountKeys.details }),
      ];
      change(id, (known) => ({ ...known, ...changes }));
      return () => {
        for (const [key, data] of before) client.setQueryData(key, data);
      };
    },
    /** The account as it is now; `undefined` where it cannot be asked. */
    fetchDetail: (id: string): Promise<AccountDetail | undefined> =>
      client
        .fetchQuery({
          queryKey: accountKeys.detail(id),
          queryFn: () => callAdmin(getAccount, { params: { id } }),
          staleTime: 0,
          retry: false,
        })
        .catch(() => undefined),
    /** Every list of accounts and what is made of them is stale. */
    async refetch(): Promise<void> {
      await Promise.all(
        [accountKeys.all, statusKey, ['overview']].map((queryKey) => client.invalidateQueries({ queryKey })),
      );
    },
  };
}
