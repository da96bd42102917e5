import type { QueueHead } from '@/db/repositories/jobs';

/**
 * The order in which waiting jobs get their turn: one job of each API key in turn, the key that waited longest since
 * its last turn first; within a key, first come, first served. Pure.
 */
export function fairOrder<Head extends Pick<QueueHead, 'id' | 'apiKeyId' | 'createdAt' | 'keyServedAt'>>(
  heads: readonly Head[],
): Head[] {
  const lines = new Map<string | null, Head[]>();
  for (const head of heads.toSorted(byAge)) {
    const line = lines.get(head.apiKeyId);
    if (line === undefined) lines.set(head.apiKeyId, [head]);
    else line.push(head);
  }
  const waiting = [...lines.values()].toSorted(
    (a, b) => servedAt(a[0]) - servedAt(b[0]) || compareFirst(a, b),
  );
  const order: Head[] = [];
  for (let turn = 0; order.length < heads.length; turn += 1) {
    for (const line of waiting) {
      const head = line[turn];
      if (head !== undefined) order.push(head);
    }
  }
  return order;
}

type Aged = Pick<QueueHead, 'id' | 'createdAt'>;

const byAge = (a: Aged, b: Aged): number =>
  a.createdAt.getTime() - b.createdAt.getTime() || (a.id < b.id ? -1 : 1);

const servedAt = (head: Pick<QueueHead, 'keyServedAt'> | undefined): number =>
  head?.keyServedAt?.getTime() ?? 0;

const compareFirst = (a: readonly Aged[], b: readonly Aged[]): number =>
  a[0] === undefined || b[0] === undefined ? 0 : byAge(a[0], b[0]);
