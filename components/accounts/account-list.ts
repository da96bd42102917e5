import { createParser, parseAsString } from 'nuqs/server';
import { type AccountQuery, accountSorts, healthStates, type StartBulkInput } from '@/lib/admin-api/accounts';
import { defineList, manyOf, oneOf } from '../data-table/table-query';

export const tiers = ['free', 'pro', 'ultra'] as const;
const switchChoices = ['any', 'on', 'off'] as const;

const wholeNumber = createParser<number>({
  parse: (text) => (/^\d{1,7}$/.test(text) ? Number(text) : null),
  serialize: String,
});

/** What the list of accounts keeps in the address. */
export const accountList = defineList({
  sorts: accountSorts,
  sort: 'health',
  filters: {
    health: manyOf(healthStates),
    tier: manyOf(tiers),
    image: oneOf(switchChoices, 'any'),
    video: oneOf(switchChoices, 'any'),
    credits_lt: wholeNumber,
  },
});

export type AccountListState = typeof accountList.usual;

export const detailTabs = ['overview', 'projects', 'requests', 'configuration', 'danger'] as const;
export type DetailTab = (typeof detailTabs)[number];

/** What else of the page is in the address: what is open, and which task is shown. */
export const pageParsers = {
  /** The account in the drawer. */
  account: parseAsString,
  tab: oneOf(detailTabs, 'overview'),
  /** The task whose progress is shown. */
  task: parseAsString,
  /** "Add account" is open. */
  add: oneOf(['', '1'], ''),
  /** Asks whether to refresh the credits of all accounts. */
  refresh: oneOf(['', 'credits'], ''),
};

/** Which accounts a state of the list is about; without a condition, all. */
function toAccountFilter({ q, health, tier, image, video, credits_lt }: AccountListState) {
  return {
    ...(q === '' ? {} : { q }),
    ...(health.length === 0 ? {} : { health }),
    ...(tier.length === 0 ? {} : { tier }),
    ...(image === 'any' ? {} : { image }),
    ...(video === 'any' ? {} : { video }),
    ...(credits_lt === null ? {} : { credits_lt }),
  };
}

/** What the list asks its endpoint for. */
export const toAccountQuery = (state: AccountListState): AccountQuery => ({
  ...toAccountFilter(state),
  sort: state.sort,
  page: state.page,
  size: state.size,
});

/** The accounts that work on many is for: those that are ticked, or all that match. */
export function targetOf(
  selection: { ids: readonly string[]; isAll: boolean },
  state: AccountListState,
): Pick<StartBulkInput, 'ids' | 'filter' | 'all'> {
  return selection.isAll ? matching(state) : { ids: [...selection.ids] };
}

/** All that match the filters of the list. The endpoint takes no filter without a condition. */
export function matching(state: AccountListState): Pick<StartBulkInput, 'filter' | 'all'> {
  const filter = toAccountFilter(state);
  return Object.keys(filter).length === 0 ? { all: true } : { filter };
}
