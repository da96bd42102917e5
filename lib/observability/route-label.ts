/**
 * The addresses that a metric names. Whatever else is asked for counts as `other`: strangers make up addresses, and each
 * would be a series for ever. A part in braces takes anything. A test finds a route of the program that is missing here.
 */
export const routeLabels: readonly string[] = [
  '/health',
  '/health/ready',
  '/metrics',
  '/v1/chat/completions',
  '/v1/images/edits',
  '/v1/images/generations',
  '/v1/images/variations',
  '/v1/jobs/{id}',
  '/v1/models',
  '/v1/models/aliases',
  '/v1/models/{id}',
  '/v1/responses',
  '/v1/responses/{id}',
  '/v1/usage',
  '/v1/videos',
  '/v1/videos/edits',
  '/v1/videos/extensions',
  '/v1/videos/{id}',
  '/v1/videos/{id}/content',
  '/v1/videos/{id}/remix',
];

/** Of everything below one of these only the beginning is told: the rest are ids, or too many to tell apart. */
const families: readonly string[] = ['/api/v1/admin', '/api/auth', '/media', '/models', '/tmp'];

const patterns = routeLabels.map((label) => ({
  label,
  pattern: new RegExp(`^${label.replace(/\{\w+\}/g, '[^/]+')}$`),
}));

const exact = new Set(routeLabels);

/** The route that an address belongs to. */
export function routeOf(pathname: string): string {
  if (exact.has(pathname)) return pathname;
  const family = families.find((start) => pathname === start || pathname.startsWith(`${start}/`));
  if (family !== undefined) return family;
  if (pathname.startsWith('/api/')) return '/api';
  return patterns.find(({ pattern }) => pattern.test(pathname))?.label ?? 'other';
}
