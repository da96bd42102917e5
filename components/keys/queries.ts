'use client';

import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { z } from 'zod';
import { callAdmin } from '@/lib/admin-api/client';
import {
  createKey,
  deleteKey,
  type graceTimes,
  type KeyList,
  type KeyRow,
  listKeys,
  rotateKey,
  updateKey,
} from '@/lib/admin-api/keys';
import { toQuery } from '../data-table/table-query';
import { useLiveQuery } from '../live/live';
import type { KeyListState } from './key-list';

const refreshEveryMs = 60_000;

const keysKey = ['keys'] as const;

/** One page of keys. `initial` is what the server rendered for this very page. */
export const useKeys = (state: KeyListState, initial: KeyList | undefined) =>
  useQuery({
    queryKey: [...keysKey, 'list', state],
    queryFn: ({ signal }) => callAdmin(listKeys, { query: toQuery(state), signal }),
    ...(initial === undefined ? {} : { initialData: initial }),
    placeholderData: keepPreviousData,
    ...useLiveQuery(refreshEveryMs),
  });

export type NewKey = z.input<typeof createKey.body>;
export type KeyChanges = z.input<typeof updateKey.body>;

/** What creating or rotating a key answers holds its value: nobody but the caller keeps it. */
const keptNowhere = { gcTime: 0 } as const;

export function useCreateKey() {
  const refresh = useRefreshKeys();
  return useMutation({
    ...keptNowhere,
    mutationFn: (body: NewKey) => callAdmin(createKey, { body }),
    onSuccess: refresh,
  });
}

export function useRotateKey() {
  const refresh = useRefreshKeys();
  return useMutation({
    ...keptNowhere,
    mutationFn: ({ id, grace }: { id: string; grace: (typeof graceTimes)[number] }) =>
      callAdmin(rotateKey, { params: { id }, body: { grace } }),
    onSuccess: refresh,
  });
}

export function useUpdateKey() {
  const refresh = useRefreshKeys();
  return useMutation({
    mutationFn: ({ id, changes }: { id: string; changes: KeyChanges }) =>
      callAdmin(updateKey, { params: { id }, body: changes }),
    onSuccess: refresh,
  });
}

export function useDeleteKey() {
  const refresh = useRefreshKeys();
  return useMutation({
    mutationFn: (id: string) => callAdmin(deleteKey, { params: { id } }),
    onSuccess: refresh,
  });
}

/** Switches a key on or off: shown at once, and taken back when the gateway refuses. */
export function useSwitchKey() {
  const client = useQueryClient();
  const refresh = useRefreshKeys();
  const lists = { queryKey: [...keysKey, 'list'] };
  return useMutation({
    mutationFn: ({ id, enabled }: { id: string; enabled: boolean }) =>
      callAdmin(updateKey, { params: { id }, body: { enabled } }),
    onMutate: async ({ id, enabled }) => {
      await client.cancelQueries(lists);
      const before = client.getQueriesData<KeyList>(lists);
      client.setQueriesData<KeyList>(lists, (list) =>
        list === undefined
          ? list
          : { ...list, items: list.items.map((row) => (row.id === id ? switched(row, enabled) : row)) },
      );
      return before;
    },
    onError: (_error, _want, before) => {
      for (const [queryKey, list] of before ?? []) client.setQueryData(queryKey, list);
    },
    onSettled: refresh,
  });
}

/** What it becomes when it is on again, the server knows; the next answer says it. */
const switched = (row: KeyRow, enabled: boolean): KeyRow => ({
  ...row,
  enabled,
  status: enabled ? 'active' : 'disabled',
});

function useRefreshKeys() {
  const client = useQueryClient();
  return () => void client.invalidateQueries({ queryKey: keysKey });
}
