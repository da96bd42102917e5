import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { clients } from '../contract/recorded/clients';
import { endpointOf } from '../contract/recorded/recording';

const root = join(import.meta.dirname, '../..');

/** Which test runs a package against an endpoint, and by which words in it. */
const packages: readonly [column: string, endpoint: string, file: string, call: string][] = [
  ['`openai` (Node)', 'GET /v1/models', 'openai-models', 'client.models.list('],
  ['`openai` (Node)', 'GET /v1/models/{id}', 'openai-models', 'client.models.retrieve('],
  ['`openai` (Node)', 'POST /v1/chat/completions', 'openai-chat', 'client.chat.completions.create('],
  ['`openai` (Node)', 'POST /v1/responses', 'openai-responses', 'client.responses.create('],
  ['`openai` (Node)', 'POST /v1/images/generations', 'openai-images', 'client.images.generate('],
  ['`openai` (Node)', 'POST /v1/images/edits', 'openai-images', 'client.images.edit('],
  ['`openai` (Node)', 'POST /v1/videos', 'openai-videos', 'client.videos.create('],
  ['`openai` (Node)', 'GET /v1/videos', 'openai-videos', 'client.videos.list('],
  ['`openai` (Node)', 'GET /v1/videos/{id}', 'openai-videos', 'client.videos.retrieve('],
  ['`openai` (Node)', 'GET /v1/videos/{id}/content', 'openai-videos', 'client.videos.downloadContent('],
  ['`openai` (Node)', 'DELETE /v1/videos/{id}', 'openai-videos', 'client.videos.delete('],
  ['`openai` (Node)', 'POST /v1/videos/extensions', 'openai-videos', 'client.videos.extend('],
  ['AI SDK', 'POST /v1/chat/completions', 'ai-sdk', 'compatible.chatModel('],
  ['AI SDK', 'POST /v1/responses', 'ai-sdk', "which asks for responses', () => openai("],
  ['AI SDK', 'POST /v1/images/generations', 'ai-sdk', 'generateImage({ model: model(), prompt, n: 2'],
  ['AI SDK', 'POST /v1/images/edits', 'ai-sdk', "prompt: { text: 'bluer', images }"],
];

/** The cells of the table as `column, endpoint: mark`, without those that say nothing. */
async function readTable(): Promise<string[]> {
  const page = await readFile(join(root, 'docs/clients.md'), 'utf8');
  const lines = page.split('\n');
  const start = lines.findIndex((line) => line.startsWith('| endpoint |'));
  const cellsOf = (line: string) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim());
  const [, ...columns] = cellsOf(lines[start] ?? '');
  const rows = lines.slice(start + 2, lines.indexOf('', start)).map(cellsOf);
  return rows.flatMap(([endpoint = '', ...marks]) =>
    marks
      .map((mark, index) => `${columns[index]}, ${endpoint.replaceAll('`', '')}: ${mark}`)
      .filter((cell) => !cell.endsWith(': –')),
  );
}

/** The same as the tests have it. What a browser asks before, and what is not there, has no row. */
const checked = [
  ...packages.map(([column, endpoint]) => `${column}, ${endpoint}: package`),
  ...clients.flatMap(({ name, recordings }) =>
    recordings
      .filter(({ method, path }) => method !== 'OPTIONS' && path.startsWith('/v1/'))
      .map((recording) => `${name}, ${endpointOf(recording)}: recorded`),
  ),
];

test('the table of clients says what the tests send, no more and no less', async () => {
  expect((await readTable()).toSorted()).toEqual([...new Set(checked)].toSorted());
});

test.each(packages)('%s is run against %s by %s', async (_column, _endpoint, file, call) => {
  expect(await readFile(join(root, `tests/contract/${file}.test.ts`), 'utf8')).toContain(call);
});
