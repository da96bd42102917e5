import { createTranslator } from 'use-intl/core';
import { describe, expect, test } from 'vitest';
import { en } from './en';
import { zh } from './zh';

type Tree = { [key: string]: string | Tree };

/** Every text with its place, `accounts.empty.title`. */
const texts = (tree: Tree, place = ''): [place: string, text: string][] =>
  Object.entries(tree).flatMap(([key, value]): [string, string][] =>
    typeof value === 'string' ? [[`${place}${key}`, value]] : texts(value, `${place}${key}.`),
  );

/** The names that a text takes values for, and its tags. */
const namesIn = (text: string): string[] => {
  const names = [...text.matchAll(/\{\s*(\w+)\s*(?:,|\})/g), ...text.matchAll(/<(\w+)>/g)];
  return [...new Set(names.map(([, name = '']) => name))].toSorted();
};

const english = new Map(texts(en));
const chinese = new Map(texts(zh));

test('both languages have the same texts', () => {
  expect([...chinese.keys()].toSorted()).toEqual([...english.keys()].toSorted());
});

test('no text is empty', () => {
  for (const known of [english, chinese]) {
    expect([...known].filter(([, text]) => text.trim() === '')).toEqual([]);
  }
});

test('a text takes the same values in both languages', () => {
  const differ = [...english].filter(
    ([place, text]) => namesIn(text).join() !== namesIn(chinese.get(place) ?? '').join(),
  );
  expect(differ.map(([place, text]) => [place, text, chinese.get(place)])).toEqual([]);
});

// Names and codes that are the same in every language.
const same =
  /^[\W\d\s]*$|^(UTC|API|URL|ID|curl|Python|Node|OpenAI|Veo|Imagen|Flow2API|Google|Free|Pro|Ultra|K|MB|GB|p50|p95|[\w./:{}<>-]+)([\s/·]+(UTC|Node|ID|URL|p50|p95|[\w./:{}<>-]+))*$/;

test('what is Chinese is written in Chinese', () => {
  const left = [...chinese].filter(([, text]) => !/\p{Script=Han}/u.test(text) && !same.test(text));
  expect(left).toEqual([]);
});

describe.each([
  ['en', en],
  ['zh', zh],
] as const)('%s', (locale, messages) => {
  test('every text can be read by its rules', () => {
    const faults: string[] = [];
    const t = createTranslator({
      locale,
      messages: messages as unknown as Record<string, never>,
      onError: (error) => void faults.push(error.message),
    }) as unknown as { markup: (key: string, values: Record<string, unknown>) => string };
    for (const [place, text] of texts(messages)) {
      const values: Record<string, unknown> = {};
      for (const name of namesIn(text)) {
        const isTag = text.includes(`<${name}>`);
        values[name] = isTag ? (chunks: string) => chunks : 2;
      }
      t.markup(place, values);
    }
    expect(faults).toEqual([]);
  });
});
