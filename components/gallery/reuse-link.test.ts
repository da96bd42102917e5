import { expect, test } from 'vitest';
import type { MediaDetail } from '@/lib/admin-api/media';
import { reuseHref } from './reuse-link';

const job: NonNullable<MediaDetail['job']> = {
  id: 'j1',
  state: 'completed',
  prompt: 'waves & rocks',
  resolved_model: 'veo-3.1-fast-fl',
  family: 'veo-3.1-fast',
  mode: 'first-last-frame',
  aspect_ratio: '9:16',
  resolution: '720p',
  seconds: 8,
  seed: 4,
  references: 2,
  continues_id: null,
  tier: 'pro',
  project_id: null,
  credits: 20,
  attempts: 1,
  error: null,
  created_at: '2026-11-20T12:00:00.000Z',
  started_at: null,
  ended_at: null,
  steps: [],
};

test('the playground begins with what this was made of', () => {
  expect(reuseHref({ job })).toBe(
    '/admin/playground?model=veo-3.1-fast&way=frames&ratio=9%3A16&seconds=8&resolution=720p&prompt=waves+%26+rocks',
  );
  expect(reuseHref({ job: { ...job, mode: 'text-to-image', seconds: null } })).toContain('way=image&ratio');
  expect(reuseHref({ job: null })).toBeUndefined();
});
