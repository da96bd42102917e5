'use client';

import {
  keepPreviousData,
  type QueryKey,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import type { z } from 'zod';
import { listAccounts } from '@/lib/admin-api/accounts';
import { callAdmin } from '@/lib/admin-api/client';
import { listKeys } from '@/lib/admin-api/keys';
import {
  deleteMedia,
  listMedia,
  type MediaDetail,
  type MediaItemView,
  readMedia,
  startMediaBulk,
  summariseMedia,
  updateMedia,
} from '@/lib/admin-api/media';
import { listPlaygroundModels } from '@/lib/admin-api/playground';
import { useLiveQuery } from '../live/live';
import { type MediaListState, toMediaFilter, toMediaQuery } from './media-list';

export type MediaPage = z.infer<typeof listMedia.output>;
export type MediaSummary = z.infer<typeof summariseMedia.output>;
export type StartMediaBulk = z.input<typeof startMediaBulk.body>;

const countEveryMs = 30_000;

const keys = {
  all: ['media'] as const,
  lists: ['media', 'list'] as const,
  details: ['media', 'detail'] as const,
  detail: (id: string) => ['media', 'detail', id] as const,
  summary: ['media', 'summary'] as const,
};

type View = { state: MediaListState; before: string | null };

/** One page of results. It stays as it is until it is asked for again: nothing moves under the pointer. */
export const useMedia = ({ state, before }: View, initial: MediaPage | undefined) =>
  useQuery({
    queryKey: [...keys.lists, state, before],
    queryFn: ({ signal }) => callAdmin(listMedia, { query: toMediaQuery(state, before, new Date()), signal }),
    ...(initial === undefined ? {} : { initialData: initial, initialDataUpdatedAt: Date.parse(initial.at) }),
    placeholderData: keepPreviousData,
    // A page that was visited again brings newer data than the cache may have.
    select: (known: MediaPage) => (initial !== undefined && known.at < initial.at ? initial : known),
    ...useLiveQuery(false),
    refetchOnWindowFocus: false,
    staleTime: 60_000,
  });

/** How many results that match came after a moment: a number alone, every half a minute. */
export const useNewMedia = (state: MediaListState, at: string) =>
  useQuery({
    queryKey: ['media', 'new', toMediaFilterKey(state), at],
    queryFn: ({ signal }) => {
      const filter = toMediaFilter(state, new Date());
      return callAdmin(listMedia, { query: { ...filter, from: at, limit: 1 }, signal });
    },
    select: ({ total, total_is_capped }) => ({ count: total, isCapped: total_is_capped }),
    // A range that is over gets nothing new.
    enabled: state.range !== 'custom' || state.until === null,
    ...useLiveQuery(countEveryMs),
  });

const toMediaFilterKey = ({ page: _page, size: _size, sort: _sort, ...filters }: MediaListState) => filters;

export const useMediaSummary = (initial: MediaSummary) =>
  useQuery({
    queryKey: keys.summary,
    queryFn: ({ signal }) => callAdmin(summariseMedia, { signal }),
    initialData: initial,
    ...useLiveQuery(false),
  });

/** One result with how it was made. */
export const useMediaDetail = (id: string) =>
  useQuery({
    queryKey: keys.detail(id),
    queryFn: ({ signal }) => callAdmin(readMedia, { params: { id }, signal }),
    ...useLiveQuery(false),
    staleTime: 30_000,
  });

/** Every list of results and what is counted of them is stale. */
export function useRefreshMedia() {
  const client = useQueryClient();
  return () => client.invalidateQueries({ queryKey: keys.all });
}

/** Keeps a file or no longer: shown at once, and taken back when the gateway refuses. */
export function useKeepMedia() {
  const client = useQueryClient();
  const change = (id: string, make: <Item extends MediaItemView>(item: Item) => Item) => {
    client.setQueriesData<MediaPage>({ queryKey: keys.lists }, (page) =>
      page === undefined
        ? undefined
        : { ...page, items: page.items.map((item) => (item.id === id ? make(item) : item)) },
    );
    client.setQueryData<MediaDetail>(keys.detail(id), (detail) =>
      detail === undefined ? undefined : make(detail),
    );
  };
  return useMutation({
    mutationFn: ({ id, kept }: { id: string; kept: boolean }) =>
      callAdmin(updateMedia, { params: { id }, body: { kept } }),
    onMutate: async ({ id, kept }) => {
      await client.cancelQueries({ queryKey: keys.lists });
      await client.cancelQueries({ queryKey: keys.details });
      const before: [QueryKey, unknown][] = [
        ...client.getQueriesData({ queryKey: keys.lists }),
        ...client.getQueriesData({ queryKey: keys.details }),
      ];
      // When it goes that is no longer kept, the server knows.
      change(id, (item) => ({ ...item, kept, expires_at: null }));
      return before;
    },
    onError: (_error, _want, before) => {
      for (const [queryKey, data] of before ?? []) client.setQueryData(queryKey, data);
    },
    onSuccess: (answer) => change(answer.id, (item) => ({ ...item, ...answer, prompt: item.prompt })),
    onSettled: () => void client.invalidateQueries({ queryKey: keys.summary }),
  });
}

export function useDeleteMedia() {
  const refresh = useRefreshMedia();
  return useMutation({
    mutationFn: (id: string) => callAdmin(deleteMedia, { params: { id } }),
    onSuccess: () => void refresh(),
  });
}

/** Begins work on many results. */
export function useStartMediaBulk() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: StartMediaBulk) => callAdmin(startMediaBulk, { body }),
    onSuccess: (task) => client.setQueryData(['tasks', task.id], task),
  });
}

/** The ids of all that match, as far as one answer holds them. */
export const fetchMatching = (state: MediaListState, before: string | null, limit: number) => {
  const { page: _page, size: _size, ...query } = toMediaQuery(state, before, new Date());
  // By page, since a sort other than the newest first has no cursor.
  return callAdmin(listMedia, { query: { ...query, page: 1, size: limit } });
};

/** What a filter can be set to, as its menu shows it. */
export type Choice = { value: string; label: string; hint?: string };

/** Model ids, asked for when the menu opens; all at once, since the list narrows them itself. */
export const useModelChoices = (_text: string, isOpen: boolean) =>
  useQuery({
    queryKey: ['media', 'choices', 'models'],
    queryFn: ({ signal }) => callAdmin(listPlaygroundModels, { signal }),
    enabled: isOpen,
    staleTime: 300_000,
    select: ({ ids }) =>
      ids.map(({ id, description }): Choice => ({ value: id, label: id, hint: description })),
  });

const choices = 20;

export const useAccountChoices = (text: string, isOpen: boolean) =>
  useQuery({
    queryKey: ['media', 'choices', 'accounts', text],
    queryFn: ({ signal }) =>
      callAdmin(listAccounts, { query: { limit: choices, ...(text === '' ? {} : { q: text }) }, signal }),
    enabled: isOpen,
    placeholderData: keepPreviousData,
    select: ({ items }) => items.map(({ id, email }): Choice => ({ value: id, label: email })),
  });

export const useKeyChoices = (text: string, isOpen: boolean) =>
  useQuery({
    queryKey: ['media', 'choices', 'keys', text],
    queryFn: ({ signal }) =>
      callAdmin(listKeys, { query: { limit: choices, ...(text === '' ? {} : { q: text }) }, signal }),
    enabled: isOpen,
    placeholderData: keepPreviousData,
    select: ({ items }) => items.map(({ id, name }): Choice => ({ value: id, label: name })),
  });
