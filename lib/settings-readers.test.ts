import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { settingKeys } from '@/config/settings-schema';

const root = join(import.meta.dirname, '..');

const filesBelow = (place: string): string[] =>
  readdirSync(join(root, place), { recursive: true })
    .map((name) => join(place, String(name)))
    .filter((name) => /\.tsx?$/.test(name) && !/\.test\.tsx?$/.test(name) && !name.includes('__fixtures__'));

/** What Next starts by itself. Whatever they do not reach by imports is not part of the program. */
const entries = ['instrumentation.ts', 'proxy.ts', ...filesBelow('app')];

/** These show and change options, all of them alike: what they do with one is no use of it. */
const isAboutSettings = (file: string) =>
  /^(config\/|lib\/settings[^/]*\.ts$|lib\/seed-api\/config\.ts$)/.test(file);

const parse = (file: string, text: string) => ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);

function nodesOf(node: ts.Node): ts.Node[] {
  const nodes: ts.Node[] = [];
  const visit = (one: ts.Node) => {
    nodes.push(one);
    ts.forEachChild(one, visit);
  };
  visit(node);
  return nodes;
}

/** The text of the files that the program is made of. */
function reached(): Map<string, string> {
  const found = new Map<string, string>();
  const waiting = [...entries];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (found.has(file)) continue;
    const text = readFileSync(join(root, file), 'utf8');
    found.set(file, text);
    for (const { fileName } of ts.preProcessFile(text).importedFiles) {
      const next = locate(fileName, file);
      if (next !== undefined) waiting.push(next);
    }
  }
  return found;
}

function locate(name: string, from: string): string | undefined {
  if (!name.startsWith('.') && !name.startsWith('@/')) return undefined;
  const target = name.startsWith('@/') ? name.slice(2) : relative(root, join(root, dirname(from), name));
  return ['', '.ts', '.tsx']
    .map((ending) => `${target}${ending}`)
    .find((file) => /\.tsx?$/.test(file) && existsSync(join(root, file)));
}

/** Names that stand for the settings in force: `const current = runtime.settings.current()`, `(current) => …`. */
function namesOfSettings(source: ts.SourceFile): Set<string> {
  const names = new Set<string>();
  for (const node of nodesOf(source)) {
    if (ts.isVariableDeclaration(node) && ts.isIdentifier(node.name) && isCurrent(node.initializer))
      names.add(node.name.text);
    if (ts.isParameter(node) && ts.isIdentifier(node.name) && isOfSettings(node)) names.add(node.name.text);
  }
  return names;
}

const isCurrent = (value: ts.Node | undefined): boolean =>
  value !== undefined &&
  ts.isCallExpression(value) &&
  /\bsettings\.current$/.test(value.expression.getText());

/** Declared as `Settings`, or given by `settings.onChange`. */
function isOfSettings(node: ts.ParameterDeclaration): boolean {
  if (node.type !== undefined) return /\bSettings\b/.test(node.type.getText());
  const call = node.parent.parent;
  return ts.isCallExpression(call) && /\bsettings\.onChange$/.test(call.expression.getText());
}

/** The words that stand in brackets, whatever chooses between them. */
function wordsOf(node: ts.Expression): string[] {
  if (ts.isStringLiteral(node)) return [node.text];
  if (ts.isParenthesizedExpression(node)) return wordsOf(node.expression);
  if (ts.isConditionalExpression(node)) return [...wordsOf(node.whenTrue), ...wordsOf(node.whenFalse)];
  return [];
}

/** The settings whose value some statement of the file uses. */
function readIn(source: ts.SourceFile): string[] {
  const names = namesOfSettings(source);
  const isSettings = (node: ts.Expression) =>
    isCurrent(node) || (ts.isIdentifier(node) && names.has(node.text));
  return nodesOf(source).flatMap((node) => {
    if (ts.isElementAccessExpression(node) && isSettings(node.expression)) {
      const isWritten =
        ts.isBinaryExpression(node.parent) &&
        node.parent.left === node &&
        node.parent.operatorToken.kind === ts.SyntaxKind.EqualsToken;
      const isUsed =
        !ts.isExpressionStatement(node.parent) && !ts.isVoidExpression(node.parent) && !isWritten;
      return isUsed ? wordsOf(node.argumentExpression) : [];
    }
    const isTaken =
      ts.isVariableDeclaration(node) &&
      ts.isObjectBindingPattern(node.name) &&
      node.initializer !== undefined &&
      isSettings(node.initializer);
    if (!isTaken || !ts.isObjectBindingPattern(node.name)) return [];
    return node.name.elements.flatMap(({ propertyName }) =>
      propertyName !== undefined && ts.isStringLiteral(propertyName) ? [propertyName.text] : [],
    );
  });
}

const files = reached();
const readers = new Map<string, string[]>();
for (const [file, text] of files) {
  if (isAboutSettings(file) || !/settings/i.test(text)) continue;
  for (const key of readIn(parse(file, text))) readers.set(key, [...(readers.get(key) ?? []), file]);
}

test.each(settingKeys)('%s is used by something that the program reaches', (key) => {
  expect(readers.get(key) ?? []).not.toEqual([]);
});

test('nothing reads a setting that there is not', () => {
  expect([...readers.keys()].filter((key) => !(settingKeys as string[]).includes(key))).toEqual([]);
});

test('the files of the program are found', () => {
  const names = [...files.keys()];
  for (const file of ['lib/boot.ts', 'lib/generation/run.ts', 'lib/flow/client.ts'])
    expect(names).toContain(file);
  expect(names.filter((file) => file.startsWith('tests/'))).toEqual([]);
});

describe('a reader', () => {
  const found = (text: string) => readIn(parse('x.ts', text));

  test.each([
    ['the settings in force', "wait(runtime.settings.current()['queue.max_wait'])"],
    ['their copy', "const now = settings.current(); wait(now['queue.max_wait'])"],
    ['what a change gives', "settings.onChange((next) => wait(next['queue.max_wait']))"],
    ['a parameter', "const f = (all: Pick<Settings, 'queue.max_wait'>) => all['queue.max_wait']"],
    ['a part of them', "const { 'queue.max_wait': wait } = settings.current(); use(wait)"],
    ['one of two', "const s = settings.current(); use(s[big ? 'queue.max_wait' : 'queue.max_length'])"],
  ])('is what uses %s', (_what, text) => {
    expect(found(text)).toContain('queue.max_wait');
  });

  test.each([
    ['a comment', "// settings.current()['queue.max_wait']"],
    ['a text', `const help = "settings.current()['queue.max_wait']"`],
    ['a list of names', "const keys = ['queue.max_wait']"],
    ['another table', "const labels = texts(); use(labels['queue.max_wait'])"],
    ['a value that nobody uses', "settings.current()['queue.max_wait'];"],
    ['a value that is written', "const s = settings.current(); s['queue.max_wait'] = 5"],
    ['the schema', "use(settingsSchema['queue.max_wait'].default)"],
  ])('is not %s', (_what, text) => {
    expect(found(text)).toEqual([]);
  });
});
