import {
  createLoader,
  createMultiParser,
  createParser,
  type inferParserType,
  type ParserMap,
  type SearchParams,
} from 'nuqs/server';

/** How many rows a page may have. */
export const pageSizes = [20, 50, 100] as const;
export type PageSize = (typeof pageSizes)[number];

/** A sort as the address has it: `-` before the key turns the order round. */
export type SortWord<Key extends string = string> = Key | `-${Key}`;

/** What every list keeps in the address; the filters of its page are beside it. */
export type ListState<Key extends string = string> = {
  q: string;
  sort: SortWord<Key>;
  page: number;
  size: PageSize;
};

export type ListDefinition<State extends ListState = ListState> = {
  parsers: ParserMap;
  usual: State;
  /** The state of an address, for the server and for tests; what it does not allow falls back to the usual. */
  read: (search: SearchParams | URLSearchParams) => State;
};

/**
 * What one list keeps in the address: search, sort, page, size and its own filters. Every filter has a default (`manyOf`,
 * `oneOf`, `textList`, or a parser of nuqs with `withDefault`), and a default is left out of the address.
 */
export function defineList<const Key extends string, Filters extends ParserMap>(options: {
  sorts: readonly Key[];
  sort: SortWord<NoInfer<Key>>;
  size?: PageSize;
  filters: Filters;
}): ListDefinition<ListState<Key> & inferParserType<Filters>> {
  const sorts = options.sorts.flatMap((key): SortWord<Key>[] => [key, `-${key}`]);
  const parsers = {
    q: searchText,
    sort: oneOf(sorts, options.sort),
    page: pageNumber,
    size: pageSize.withDefault(options.size ?? pageSizes[0]),
    ...options.filters,
  };
  const load = createLoader<ParserMap>(parsers);
  // A loader gives each key what its parser gives, or its default.
  const read = (search: SearchParams | URLSearchParams) =>
    load(search) as ListState<Key> & inferParserType<Filters>;
  return { parsers, usual: read({}), read };
}

const maxSearchLength = 200;

const searchText = createParser({
  parse: (text) => text.trim().slice(0, maxSearchLength),
  serialize: (text) => text,
}).withDefault('');

const pageNumber = createParser({
  parse: (text) => (/^[1-9]\d{0,4}$/.test(text) ? Number(text) : null),
  serialize: String,
}).withDefault(1);

const pageSize = createParser<PageSize>({
  parse: (text) => pageSizes.find((size) => String(size) === text) ?? null,
  serialize: String,
});

/** A filter that has one of these values. */
export const oneOf = <const Value extends string>(values: readonly Value[], usual: NoInfer<Value>) =>
  createParser<Value>({
    parse: (text) => values.find((value) => value === text) ?? null,
    serialize: (value) => value,
  }).withDefault(usual);

/** A filter that has some of these values, each once; in the address it repeats: `health=cooldown&health=expired`. */
export const manyOf = <const Value extends string>(values: readonly Value[]) =>
  createMultiParser<Value[]>({
    parse: (texts) => unique(texts.flatMap((text) => values.find((value) => value === text) ?? [])),
    serialize: (chosen) => [...chosen],
    eq: areEqual,
  }).withDefault([]);

/** A filter of ids that the page does not know beforehand. */
export const textList = createMultiParser<string[]>({
  parse: (texts) => unique(texts.map((text) => text.trim().slice(0, maxSearchLength)).filter(Boolean)),
  serialize: (chosen) => [...chosen],
  eq: areEqual,
}).withDefault([]);

const unique = <Value>(values: Value[]) => [...new Set(values)];

function areEqual(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((value, index) => value === other[index]);
}

/** What a list asks its endpoint for: the state without what is empty. */
export function toQuery<State extends ListState>(state: State): Partial<State> {
  const isSaid = (value: unknown) => value !== '' && !(Array.isArray(value) && value.length === 0);
  // Each member left is the state's own.
  return Object.fromEntries(Object.entries(state).filter(([, value]) => isSaid(value))) as Partial<State>;
}

/** The last page that there is; an empty list has one as well. */
export const lastPage = (total: number, size: number): number => Math.max(1, Math.ceil(total / size));

/** The first and the last row of a page, counted from 1: "1–20 of 143". */
export const rowsOfPage = (page: number, size: number, count: number) => ({
  from: (page - 1) * size + 1,
  to: (page - 1) * size + count,
});

/** The pages that the reader may choose: the ends, and those around the present one. `gap`: there are more between. */
export function pageChoices(page: number, last: number): (number | 'gap')[] {
  const wanted = [1, page - 1, page, page + 1, last].filter((number) => number >= 1 && number <= last);
  const pages = unique(wanted).toSorted((one, other) => one - other);
  return pages.flatMap((number, index): (number | 'gap')[] => {
    const skipped = number - (pages[index - 1] ?? 0) - 1;
    if (skipped === 0) return [number];
    return skipped === 1 ? [number - 1, number] : ['gap', number];
  });
}

/** The same rows, with those that were shown before in the order that they had, and new ones after them. */
export function keepOrder<Row>(
  rows: readonly Row[],
  ids: readonly string[],
  idOf: (row: Row) => string,
): Row[] {
  const places = new Map(ids.map((id, index) => [id, index]));
  const placeOf = (row: Row) => places.get(idOf(row)) ?? ids.length;
  return rows.toSorted((one, other) => placeOf(one) - placeOf(other));
}
