'use client';

import { useQueryStates } from 'nuqs';
import { type RangeState, rangeParsers, tidyRange } from './range';

/** The span of time in the address, and the way to change it. */
export function useRange(): { state: RangeState; set: (next: RangeState) => void } {
  const [values, setValues] = useQueryStates(rangeParsers, { history: 'push', scroll: false });
  return {
    state: tidyRange(values, new Date()),
    set: ({ range, since, until }) => void setValues({ range, since, until }),
  };
}
