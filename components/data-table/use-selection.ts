'use client';

import { useState } from 'react';
import { moveSelection, noSelection, type SelectionState, selectAll, selectRows } from './selection';

/** The ticked rows of a list and the ways to change them. */
export type Selection = Pick<SelectionState, 'ids' | 'isAll' | 'wasCleared'> & {
  select: (ids: readonly string[]) => void;
  selectAll: (pageIds: readonly string[]) => void;
  clear: () => void;
};

/** Keeps which rows are ticked, as long as the view (`table.key`) stays the same. */
export function useSelection(listKey: string): Selection {
  const [kept, setState] = useState(() => noSelection(listKey));
  const state = moveSelection(kept, listKey);
  // Another view: put right while drawing, so that nothing is ever drawn as ticked that is not.
  if (state !== kept) setState(state);
  return {
    ids: state.ids,
    isAll: state.isAll,
    wasCleared: state.wasCleared,
    select: (ids) => setState((known) => selectRows(known, ids)),
    selectAll: (pageIds) => setState((known) => selectAll(known, pageIds)),
    clear: () => setState((known) => noSelection(known.listKey)),
  };
}
