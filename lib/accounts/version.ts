import { createHash } from 'node:crypto';
import type { AccountRow } from '@/db/repositories/accounts';

/**
 * A text for what people can edit of an account, so that two who edit it at once notice. What its jobs and the loops
 * write does not count: a busy account would otherwise refuse every edit.
 */
export function versionOf(row: AccountRow): string {
  const edited = [
    row.remark,
    row.enabled,
    row.imageEnabled,
    row.videoEnabled,
    row.imageConcurrency,
    row.videoConcurrency,
    row.proxyUrlSealed,
    row.projectId,
    row.sessionTokenReplacedAt?.getTime() ?? null,
    row.removedAt?.getTime() ?? null,
  ];
  return createHash('sha256').update(JSON.stringify(edited)).digest('base64url').slice(0, 16);
}
