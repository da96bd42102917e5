import type * as React from 'react';

/** One column of a `DataTable`. Keep the list of columns stable (`useMemo`): rows are drawn anew when it changes. */
export type DataColumn<Row> = {
  id: string;
  /** The words above it, and on phones above its value. */
  header: string;
  cell: (row: Row) => React.ReactNode;
  /** Right-aligned, with digits of equal width. */
  isNumeric?: boolean;
  /** The server's word for sorting by it; without one it cannot be. */
  sort?: string;
  /** Sorting by it begins with the largest or newest. */
  isSortedDownFirst?: boolean;
  /** `false`: the reader cannot hide it. */
  isHideable?: boolean;
  /** Shown only to who asks for it in the "Columns" menu. */
  isHiddenAtFirst?: boolean;
  /**
   * Its place on phones, where a row is a card: `title` and `status` take a line each, `value` stands with its header,
   * three beside each other (`wide`: alone). Without a place it is not on the card.
   */
  card?: 'title' | 'status' | 'value' | 'wide';
  className?: string;
};
