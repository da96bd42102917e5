import { makeRequestId } from './request-id';

/** What a page of another origin may read of an answer. */
const exposedHeaders =
  'x-request-id, x-should-retry, retry-after, x-ratelimit-limit-requests, x-ratelimit-remaining-requests, x-ratelimit-reset-requests, location, preference-applied, idempotency-replayed, openai-poll-after-ms, content-disposition, content-length, content-range, accept-ranges, etag';

const dayInSeconds = '86400';

/** Lets any page read the answer. Keys come in headers, never in cookies, so this gives nobody a right of another. */
export function allowAnyOrigin(headers: Headers): void {
  headers.set('access-control-allow-origin', '*');
  headers.set('access-control-expose-headers', exposedHeaders);
}

/**
 * The answer to a browser's question before a request, without a key. The headers that it asks for are named one by one:
 * `*` would not cover `Authorization` (Fetch standard, CORS-preflight fetch).
 */
export function preflight(request: Request): Response {
  const asked = request.headers.get('access-control-request-headers');
  const headers = new Headers({
    'access-control-allow-methods': 'GET, HEAD, POST, DELETE, OPTIONS',
    'access-control-allow-headers': asked ?? 'authorization, content-type',
    'access-control-max-age': dayInSeconds,
    'x-request-id': makeRequestId(),
    vary: 'Access-Control-Request-Headers',
  });
  allowAnyOrigin(headers);
  return new Response(null, { status: 204, headers });
}
