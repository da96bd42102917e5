import { keySorts, keyStatuses } from '@/lib/admin-api/keys';
import { defineList, manyOf } from '../data-table/table-query';

/** What the address says about the list of API keys. */
export const keyList = defineList({
  sorts: keySorts,
  sort: '-created_at',
  filters: { status: manyOf(keyStatuses) },
});

export type KeyListState = typeof keyList.usual;

/** A model that a key can be kept to. */
export type ModelChoice = { id: string; label: string; kind: 'image' | 'video' };
