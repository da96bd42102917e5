import { expect, test } from 'vitest';
import type { KeyRow } from '@/lib/admin-api/keys';
import { changesOf, valuesOf } from './key-changes';

const row: KeyRow = {
  id: 'key_1',
  name: 'prod',
  hint: 'sk-ab12…wxyz',
  status: 'active',
  enabled: true,
  expires_at: null,
  previous_works_until: null,
  models: ['veo-3.1-fast'],
  media_types: null,
  requests_per_minute: 60,
  concurrent_jobs: null,
  images_per_day: null,
  videos_per_day: null,
  credits_per_day: null,
  today: { requests: 0, images: 0, videos: 0, credits: 0 },
  unfinished_jobs: 0,
  last_used_at: null,
  created_at: '2026-11-23T15:00:00.000Z',
};

test('a form that was not touched changes nothing', () => {
  expect(changesOf(row, valuesOf(row))).toEqual({});
});

test('only what differs is sent', () => {
  const values = { ...valuesOf(row), name: 'prod 2', models: null, requests_per_minute: 60 };
  expect(changesOf(row, values)).toEqual({ name: 'prod 2', models: null });
});
