import type { KeyRow } from '@/lib/admin-api/keys';
import type { KeyChanges, NewKey } from './queries';

/** What a new key has before anything is chosen: no limit, all models, both kinds, no end. */
export const newKey: Required<NewKey> = {
  name: '',
  expires_at: null,
  models: null,
  media_types: null,
  requests_per_minute: null,
  concurrent_jobs: null,
  images_per_day: null,
  videos_per_day: null,
  credits_per_day: null,
};

const fields = Object.keys(newKey) as (keyof NewKey)[];

/** A key as its form shows it. */
export const valuesOf = (row: KeyRow): Required<NewKey> =>
  // Each field of the form is a field of the row.
  Object.fromEntries(fields.map((field) => [field, row[field]])) as Required<NewKey>;

/** Only what differs from the key: what somebody else changed meanwhile stays. */
export const changesOf = (row: KeyRow, values: NewKey): KeyChanges =>
  Object.fromEntries(
    fields
      .filter((field) => values[field] !== undefined && !isSame(values[field], row[field]))
      .map((field) => [field, values[field]]),
  );

const isSame = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);
