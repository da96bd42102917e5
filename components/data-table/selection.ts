/** Which rows of a list are ticked. It belongs to one view of it: `listKey`. */
export type SelectionState = {
  listKey: string;
  ids: readonly string[];
  /** All that match the filters, also those on other pages; `ids` then are those of this page. */
  isAll: boolean;
  /** Whether the last change of the view took a selection away: the reader is told. */
  wasCleared: boolean;
};

export const noSelection = (listKey: string): SelectionState => ({
  listKey,
  ids: [],
  isAll: false,
  wasCleared: false,
});

/** Other filters, another sort or page: what was ticked is no longer. */
export function moveSelection(state: SelectionState, listKey: string): SelectionState {
  if (state.listKey === listKey) return state;
  return { ...noSelection(listKey), wasCleared: state.ids.length > 0 };
}

/** Ticks exactly these rows. With one of them missing it is no longer "all". */
export const selectRows = (state: SelectionState, ids: readonly string[]): SelectionState => ({
  ...noSelection(state.listKey),
  ids,
});

/** Ticks all that match, of which `pageIds` are shown. */
export const selectAll = (state: SelectionState, pageIds: readonly string[]): SelectionState => ({
  ...selectRows(state, pageIds),
  isAll: true,
});
