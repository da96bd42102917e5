import { expect, test } from 'vitest';
import { modelForSnippet, snippetClients, writeSnippet } from './snippets';

test.each(snippetClients)('the snippet for %s names the gateway, the model and the variable', (client) => {
  const text = writeSnippet(client, { origin: 'http://gw.example:8000', model: 'imagen-4.0' });
  expect(text).toContain('http://gw.example:8000/v1');
  expect(text).toContain('imagen-4.0');
  expect(text).toContain('GATEWAY_API_KEY');
  expect(text).not.toContain('sk-');
});

const models = [
  { id: 'veo', kind: 'video' },
  { id: 'imagen', kind: 'image' },
] as const;

test.each([
  ['any key', { models: null, media_types: null }, 'imagen'],
  ['a key for videos', { models: null, media_types: ['video'] }, 'veo'],
  ['a key for one model', { models: ['veo'], media_types: null }, 'veo'],
  ['a key for a name that is not in the list', { models: ['gpt-image-1'], media_types: null }, 'gpt-image-1'],
] as const)('%s is shown with a model that it may use', (_rule, key, expected) => {
  expect(modelForSnippet(key, models)).toBe(expected);
});
