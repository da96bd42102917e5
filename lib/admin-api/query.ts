import { z } from 'zod';

/** A field of a query that may be given once or several times; always a list. */
export const oneOrMore = <T extends z.ZodType>(item: T) =>
  z.preprocess((value) => (value === undefined || Array.isArray(value) ? value : [value]), z.array(item));

/** A page by its number, for lists that are turned over by page instead of by cursor. */
export const pageFields = {
  /** Counted from 1; with it or with `size`, `limit` and `cursor` are not read. */
  page: z.coerce.number().int().min(1).max(100_000).optional(),
  size: z.coerce.number().int().min(1).max(500).optional(),
};

/** How many rows a page is, where its `size` is not given. */
const usualSize = 50;

/** Which rows the page by its number is; `undefined` where none is asked for by number. */
export function pageOf({ page, size }: { page?: number | undefined; size?: number | undefined }) {
  if (page === undefined && size === undefined) return undefined;
  const limit = size ?? usualSize;
  return { offset: ((page ?? 1) - 1) * limit, limit };
}
