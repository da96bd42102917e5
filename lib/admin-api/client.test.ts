import { expect, test, vi } from 'vitest';
import { callAdmin } from './client';
import { listKeys } from './keys';

test('the browser is let to keep an answer and to ask whether it is still so', async () => {
  const fetched = vi.fn(async (_url: string, _init: RequestInit) => Response.json({}));
  vi.stubGlobal('fetch', fetched);
  await callAdmin(listKeys).catch(() => undefined);
  // `no-store` and `reload` leave out If-None-Match, and `default` may not ask at all (Fetch, 5.6).
  expect(fetched.mock.calls[0]?.[1].cache).toBe('no-cache');
});
