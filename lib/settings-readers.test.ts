import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { settingKeys } from '@/config/settings-schema';

const root = join(import.meta.dirname, '..');

/** What the program does, without its tests and its comments. */
const sources = ['lib', 'app', 'db', 'instrumentation.ts']
  .flatMap((place) =>
    place.endsWith('.ts')
      ? [place]
      : readdirSync(join(root, place), { recursive: true }).map((name) => join(place, String(name))),
  )
  .filter((name) => /\.tsx?$/.test(name) && !/\.test\.tsx?$/.test(name) && !name.includes('__fixtures__'))
  .map((name) => readFileSync(join(root, name), 'utf8'))
  .map((text) => text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, ''))
  .join('\n');

/** Settings are read as `settings.current()['queue.max_wait']`, whatever else chooses between two of them in the brackets. */
const isRead = (key: string) =>
  new RegExp(`[\\w)]\\[[^[\\]]*'${key.replace('.', '\\.')}'[^[\\]]*\\]`).test(sources);

test.each(settingKeys)('%s is read by something', (key) => {
  expect(isRead(key)).toBe(true);
});

test('a setting that nothing reads would be found', () => {
  expect(isRead('flow.no_such_setting')).toBe(false);
});
