import { createLoader, type SearchParams } from 'nuqs/server';
import { oneOf } from '../data-table/table-query';
import { readRange } from '../range/range';
import type { OverviewView } from './queries';

/** What the overview keeps in the address beside its range. */
export const overviewParsers = {
  compare: oneOf(['', '1'], ''),
  /** Somebody asks for the list of first steps. */
  checklist: oneOf(['', '1'], ''),
};

const load = createLoader(overviewParsers);

/** The view of an address, for the server. */
export const readOverviewView = (search: SearchParams, now: Date): OverviewView => ({
  range: readRange(search, now),
  isCompared: load(search).compare === '1',
});
