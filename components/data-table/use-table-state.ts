'use client';

import { useQueryStates } from 'nuqs';
import { useMemo } from 'react';
import type { ListDefinition, ListState, PageSize } from './table-query';

/** Filters of a list: its state without what every list has. */
export type FiltersOf<State extends ListState> = Omit<State, keyof ListState>;

/** What a list shows, as the address says it, and the ways to change that. */
export type TableControls<State extends ListState = ListState> = {
  state: State;
  /** Names this very view; the selection and the order of rows belong to one. */
  key: string;
  isFiltered: boolean;
  /** A chip, a menu: a new entry of the history, from page 1 on. */
  setFilters: (changes: Partial<FiltersOf<State>>) => void;
  /** Typing: replaces the entry of the history. Call it after the pause (`SearchBox` waits 300 ms). */
  search: (text: string) => void;
  setSort: (sort: string) => void;
  /** `isCorrection`: nobody chose it, so Back does not lead to the page before. */
  setPage: (page: number, isCorrection?: boolean) => void;
  setSize: (size: PageSize) => void;
  clearFilters: () => void;
};

/** The state of a list in the address bar. The list is defined once, by `defineList`, outside of components. */
export function useTableState<State extends ListState>(
  definition: ListDefinition<State>,
): TableControls<State> {
  const [values, setValues] = useQueryStates(definition.parsers, {
    history: 'push',
    shallow: true,
    scroll: false,
  });
  // The hook gives each key what its parser gives, or its default.
  const state = values as State;
  const key = JSON.stringify(state);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key is what the state says
  return useMemo(() => {
    const change = (changes: Record<string, unknown>, history: 'push' | 'replace' = 'push') =>
      void setValues(changes, { history });
    const usual: Record<string, unknown> = definition.usual;
    const { sort: _sort, size: _size, page: _page, ...filters } = usual;
    const filterNames = Object.keys(filters);
    return {
      state,
      key,
      isFiltered: filterNames.some((name) => JSON.stringify(values[name]) !== JSON.stringify(filters[name])),
      setFilters: (changes) => change({ ...changes, page: null }),
      search: (text) => change({ q: text.trim(), page: null }, 'replace'),
      setSort: (sort) => change({ sort, page: null }),
      setPage: (page, isCorrection = false) => change({ page }, isCorrection ? 'replace' : 'push'),
      setSize: (size) => change({ size, page: null }),
      clearFilters: () => change(Object.fromEntries([...filterNames, 'page'].map((name) => [name, null]))),
    };
  }, [key, definition, setValues]);
}
