'use client';

import { useEffect, useMemo, useRef, useState } from 'react';
import { keepOrder } from './table-query';

type Shown<Row> = { rows: readonly Row[]; idOf: (row: Row) => string; key: string; isAnswer: boolean };

/** While somebody points at a row or works in one, rows change in place and none changes its place. */
export function useHeldOrder<Row>({ rows, idOf, key, isAnswer }: Shown<Row>) {
  const [isHeld, setIsHeld] = useState(false);
  const before = useRef({ key, ids: [] as string[] });
  const shown = useMemo(
    () => (isHeld && before.current.key === key ? keepOrder(rows, before.current.ids, idOf) : [...rows]),
    [rows, idOf, isHeld, key],
  );
  useEffect(() => {
    // Rows that still answer the view before say nothing of the order in this one.
    if (isAnswer) before.current = { key, ids: shown.map(idOf) };
  }, [shown, idOf, key, isAnswer]);
  return { rows: shown, hold: setIsHeld };
}
