import { longestPrompt } from '../generation/types';
import type { ModelInfo } from '../models/types';
import { refuse } from './contents';
import { charactersPerToken } from './generate-content';

/** One model as Google's `models.get` tells it. The format wants a version, and there is none. */
export const encodeModel = ({ id, description }: ModelInfo) => ({
  name: `models/${id}`,
  version: '1.0',
  displayName: id,
  description,
  inputTokenLimit: longestPrompt / charactersPerToken,
  supportedGenerationMethods: ['generateContent', 'streamGenerateContent'],
});

const largestPage = 1_000; // as Google has it

/**
 * A page of the list, in the order given; all of it where no `pageSize` is asked for. The token of the next page is the id
 * that this one ends with. Throws `invalid_request`.
 */
export function encodeModelList(models: readonly ModelInfo[], query: URLSearchParams) {
  const size = readPageSize(query.get('pageSize') ?? query.get('page_size') ?? '') ?? models.length;
  const token = query.get('pageToken') ?? query.get('page_token') ?? '';
  const before = models.findIndex(({ id }) => id === token);
  if (token !== '' && before < 0) throw refuse('pageToken', 'is not one that this list has given');
  const page = models.slice(before + 1, before + 1 + size);
  const last = page.at(-1);
  const isEnd = last === undefined || last === models.at(-1);
  return { models: page.map(encodeModel), ...(isEnd ? {} : { nextPageToken: last.id }) };
}

function readPageSize(text: string): number | undefined {
  if (text === '' || text === '0') return undefined;
  if (/^\d{1,9}$/.test(text)) return Math.min(Number(text), largestPage);
  throw refuse('pageSize', 'must be a whole number');
}
