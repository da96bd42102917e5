import type { MediaRow } from '@/db/repositories/media';

/** How long a file stays at least after it was made or was no longer to be kept. */
export const graceMs = 600_000;

/** When a stored file goes, if the size cap does not come before. `undefined`: never, or it is not stored. */
export function expiryOf(
  {
    storageKey,
    kept,
    createdAt,
    releasedAt,
  }: Pick<MediaRow, 'storageKey' | 'kept' | 'createdAt' | 'releasedAt'>,
  lifetimeSeconds: number,
): Date | undefined {
  if (storageKey === null || kept || lifetimeSeconds === 0) return undefined;
  const ofLife = createdAt.getTime() + lifetimeSeconds * 1_000;
  return new Date(Math.max(ofLife, releasedAt === null ? 0 : releasedAt.getTime() + graceMs));
}
