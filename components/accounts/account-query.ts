import { type AccountQuery, listAccounts } from '@/lib/admin-api/accounts';

// All that one request gives: a page of the console has no pages of its own.
const shownAtOnce = 500;

/** The filters of the address bar; what they do not allow falls back to the default without a word. */
export function readAccountQuery(params: Pick<URLSearchParams, 'get' | 'getAll'>): AccountQuery {
  const { shape } = listAccounts.query;
  const q = shape.q.safeParse(params.get('q') ?? undefined).data;
  const health = shape.health.safeParse(params.getAll('health')).data;
  return {
    limit: shownAtOnce,
    ...(q === undefined || q === '' ? {} : { q }),
    ...(health === undefined || health.length === 0 ? {} : { health }),
  };
}
