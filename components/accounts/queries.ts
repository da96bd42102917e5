'use client';

import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import {
  type AccountList,
  type AccountQuery,
  type AddAccountInput,
  addAccount,
  checkAccount,
  listAccounts,
} from '@/lib/admin-api/accounts';
import { callAdmin } from '@/lib/admin-api/client';

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
    refetchInterval: refreshEveryMs,
  });

/** Asks whose session token it is. Changes nothing. */
export const useCheckAccount = () =>
  useMutation({
    mutationFn: (body: Pick<AddAccountInput, 'session_token' | 'proxy_url'>) =>
      callAdmin(checkAccount, { body }),
  });

/** Adds an account; every list of accounts is stale afterwards. */
export function useAddAccount() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: AddAccountInput) => callAdmin(addAccount, { body }),
    onSuccess: () => client.invalidateQueries({ queryKey: accountKeys.all }),
  });
}
