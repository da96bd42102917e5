import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { systemCheck } from '@/lib/admin-api/system';
import { en } from '@/lib/messages/en';

/** The text of every source file of `folder` that is no test. */
const sources = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.ts$/.test(name) && !/\.test\.ts$|__fixtures__|^messages/.test(name))
    .map((name) => readFileSync(join(folder, name), 'utf8'));

const keysOf = (tree: object, place = ''): string[] =>
  Object.entries(tree).flatMap(([key, value]: [string, unknown]) =>
    typeof value === 'string' ? [`${place}${key}`] : keysOf(value as object, `${place}${key}.`),
  );

test('every background loop has its name and its task in words', () => {
  const table = readFileSync('lib/background/loops.ts', 'utf8');
  const loops = [...table.matchAll(/^ {4}name: '([a-z-]+)'/gm)].map(([, name = '']) => name);
  expect(loops.length).toBeGreaterThan(10);
  const told: Record<string, { what: string }> = en.system.loopNames;
  expect(Object.keys(told).toSorted()).toEqual(loops.toSorted());
  for (const { what } of Object.values(told)) expect(table).toContain(`description: '${what}'`);
});

test('every action of the audit list has its words', () => {
  const parts = Object.keys(en.system.actions).join('|');
  const literal = new RegExp(`'((?:${parts})\\.[a-z_]+)'`, 'g');
  const told = new Set(keysOf(en.system.actions));
  const written = sources('lib')
    .filter((text) => /writeAudit|action/.test(text))
    .flatMap((text) => [...text.matchAll(literal)].map(([, action = '']) => action));
  expect(written.length).toBeGreaterThan(20);
  expect([...new Set(written)].filter((action) => !told.has(action))).toEqual([]);
});

test('every check has its name and what helps', () => {
  const told = keysOf(en.system.checks);
  for (const name of systemCheck.shape.name.options) {
    expect(told).toEqual(expect.arrayContaining([`${name}.name`, `${name}.fault`]));
  }
});
