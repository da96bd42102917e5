import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { expect, test } from 'vitest';

// Nothing that a reader of the console sees is written into its code: it would be in one language only.

const root = join(import.meta.dirname, '../..');

const files = ['components', 'app/admin'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.tsx') && !name.endsWith('.test.tsx'))
    .map((name) => `${folder}/${name}`),
);

/** Attributes that are read, or read out. */
const readAttributes = new Set([
  'aria-label',
  'aria-description',
  'aria-valuetext',
  'title',
  'placeholder',
  'alt',
  'label',
  'text',
  'description',
  'summary',
  'heading',
]);

const names =
  /\b(Flow2API|Ctrl K|Ctrl|Esc|Enter|curl|OpenAI|Python|Node|JSONL?|CSV|UTC|API|ST|AT|DELETE|GET|POST|HEAD)\b/g;

/** Names, signs and patterns of what is to be typed: the same in every language. */
const isSame = (text: string) =>
  /^(\w+:\/\/|\[\{|X{4})/.test(text) || !/[A-Za-z]{2}/.test(text.replace(names, ''));

function findTexts(path: string, code: string): string[] {
  const source = ts.createSourceFile(path, code, ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX);
  const found: string[] = [];
  const note = (node: ts.Node, text: string) => {
    if (isSame(text)) return;
    const { line } = source.getLineAndCharacterOfPosition(node.getStart());
    found.push(`${path}:${line + 1} ${JSON.stringify(text.trim().slice(0, 60))}`);
  };
  /** Texts that an expression can give where it is drawn. */
  const noteExpression = (node: ts.Expression): void => {
    if (ts.isStringLiteralLike(node)) note(node, node.text);
    else if (ts.isTemplateExpression(node)) {
      for (const text of [node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)])
        note(node, text);
    } else if (ts.isConditionalExpression(node)) {
      noteExpression(node.whenTrue);
      noteExpression(node.whenFalse);
    } else if (ts.isParenthesizedExpression(node)) noteExpression(node.expression);
    else if (ts.isBinaryExpression(node)) noteExpression(node.right);
  };
  const visit = (node: ts.Node): void => {
    if (ts.isJsxText(node)) note(node, node.text);
    else if (
      ts.isJsxExpression(node) &&
      node.expression !== undefined &&
      (ts.isJsxElement(node.parent) || ts.isJsxFragment(node.parent))
    ) {
      noteExpression(node.expression);
    } else if (ts.isJsxAttribute(node) && readAttributes.has(node.name.getText())) {
      const { initializer } = node;
      if (initializer !== undefined && ts.isStringLiteral(initializer)) note(node, initializer.text);
      else if (
        initializer !== undefined &&
        ts.isJsxExpression(initializer) &&
        initializer.expression !== undefined
      ) {
        noteExpression(initializer.expression);
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

test.each([
  ['<p>Hello there</p>', 1],
  ['<p>{isOpen ? "Open" : "Closed"}</p>', 2],
  ['<button aria-label="Close it" />', 1],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is code
  ['<img alt={`Picture ${name}`} />', 1],
  ['<p className="text-sm">{t("title")} · 12 %</p>', 0],
  ['<code>curl</code>', 0],
])('%s holds %i', (code, count) => {
  expect(findTexts('x.tsx', code)).toHaveLength(count);
});

test('no page has a text of its own', () => {
  expect(files.length).toBeGreaterThan(50);
  expect(files.flatMap((path) => findTexts(path, readFileSync(join(root, path), 'utf8')))).toEqual([]);
});
