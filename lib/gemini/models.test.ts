import { describe, expect, test } from 'vitest';
import type { ModelInfo } from '../models/types';
import { encodeModelList } from './models';

const models = ['a', 'b', 'c'].map((id): ModelInfo => ({ id, kind: 'image', description: `It is ${id}.` }));
const page = (query = '') => encodeModelList(models, new URLSearchParams(query));
const idsOf = (query: string) => page(query).models.map(({ displayName }) => displayName);

test('a model has what the format wants', () => {
  expect(page().models[0]).toEqual({
    name: 'models/a',
    version: '1.0',
    displayName: 'a',
    description: 'It is a.',
    inputTokenLimit: 8_000,
    supportedGenerationMethods: ['generateContent', 'streamGenerateContent'],
  });
});

describe('the list', () => {
  test.each<[query: string, ids: string[], next: string | undefined]>([
    ['', ['a', 'b', 'c'], undefined],
    ['pageSize=0', ['a', 'b', 'c'], undefined],
    ['pageSize=3', ['a', 'b', 'c'], undefined],
    ['pageSize=999999999', ['a', 'b', 'c'], undefined],
    ['pageSize=2', ['a', 'b'], 'b'],
    ['pageSize=2&pageToken=b', ['c'], undefined],
    ['page_size=1&page_token=a', ['b'], 'b'],
    ['pageSize=2&pageToken=c', [], undefined],
  ])('for "%s" is a page of it', (query, ids, next) => {
    expect(idsOf(query)).toEqual(ids);
    expect(page(query)).toEqual({ models: expect.anything(), ...(next && { nextPageToken: next }) });
  });

  test.each([
    ['pageSize', 'pageSize=-1'],
    ['pageSize', 'pageSize=many'],
    ['pageToken', 'pageToken=z'],
  ])('is refused for its %s: %s', (param, query) => {
    expect(() => page(query)).toThrow(expect.objectContaining({ code: 'invalid_request', param }));
  });
});
