import { expect, test, vi } from 'vitest';
import { makeHttpClient } from './fetch';

vi.mock('impit', () => {
  throw new Error('Cannot find package');
});

test('the setting is named where the package it needs is not installed', async () => {
  const http = makeHttpClient({ transport: () => 'impit' });
  const signal = new AbortController().signal;
  const call = {
    method: 'GET',
    url: 'http://127.0.0.1:1/',
    headers: {},
    timeoutMs: 1_000,
    maxBytes: 1,
    signal,
  } as const;
  const failure: unknown = await http.request(call).catch((error: unknown) => error);
  expect(failure).toMatchObject({
    phase: 'connect',
    kind: 'network',
    cause: { message: expect.stringContaining('flow.transport') },
  });
});
