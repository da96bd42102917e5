/**
 * The addresses that a metric names. Whatever else is asked for counts as `other`: strangers make up addresses, and each
 * would be a series for ever. A part in braces takes anything. A test finds a route of the program that is missing here.
 */
export const routeLabels: readonly string[] = [
  '/health',
  '/health/ready',
  '/metrics',
  '/v1/chat/completions',
  '/v1/jobs/{id}',
  '/v1/models',
  '/v1/models/{id}',
  '/v1/usage',
];

/** Of everything below one of these only the beginning is told: the rest are ids, or too many to tell apart. */
const families: readonly string[] = ['/api/v1/admin', '/api/auth', '/media'];

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
