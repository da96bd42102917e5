'use client';

import {
  keepPreviousData,
  useIsMutating,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import {
  type AccountList,
  type AccountQuery,
  type AddAccountInput,
  addAccount,
  checkAccount,
  listAccounts,
} from '@/lib/admin-api/accounts';
import { callAdmin, isSignedOut } from '@/lib/admin-api/client';
import { overviewKey } from '../overview/queries';

const refreshEveryMs = 15_000;

const accountKeys = {
  all: ['accounts'] as const,
  list: (query: AccountQuery) => ['accounts', 'list', query] as const,
};

/** The accounts that a query asks for. `initial` is what the server rendered for this very query. */
export const useAccounts = (query: AccountQuery, initial: AccountList | undefined) =>
  useQuery({
    queryKey: accountKeys.list(query),
    queryFn: ({ signal }) => callAdmin(listAccounts, { query, signal }),
    ...(initial === undefined ? {} : { initialData: initial }),
    placeholderData: keepPreviousData,
    // A page that was visited again brings newer data than the cache may have.
    select: (known) => (initial !== undefined && known.at < initial.at ? initial : known),
    refetchInterval: (query) => (isSignedOut(query.state.error) ? false : refreshEveryMs),
  });

/** Asks whose session token it is. Changes nothing. */
export const useCheckAccount = () =>
  useMutation({
    mutationFn: (body: Pick<AddAccountInput, 'session_token' | 'proxy_url'>) =>
      callAdmin(checkAccount, { body }),
  });

const addKey = ['accounts', 'add'] as const;

/** Whether an account is being added now, wherever on the page. */
export const useIsAdding = () => useIsMutating({ mutationKey: addKey }) > 0;

/** Adds an account; every list of accounts and the overview are stale afterwards. */
export function useAddAccount() {
  const client = useQueryClient();
  return useMutation({
    mutationKey: addKey,
    mutationFn: (body: AddAccountInput) => callAdmin(addAccount, { body }),
    onSuccess: () =>
      Promise.all([accountKeys.all, overviewKey].map((queryKey) => client.invalidateQueries({ queryKey }))),
  });
}
