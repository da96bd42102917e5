import type { z } from 'zod';

/** One message for each field at fault, and the first of them; `fields` is empty when the whole is of the wrong kind. */
export function describeFields(
  issues: readonly z.core.$ZodIssue[],
  value: unknown,
): { message: string; fields: Record<string, string> } {
  const fields: Record<string, string> = {};
  let first: string | undefined;
  for (const issue of issues) {
    if (issue.code === 'unrecognized_keys') {
      for (const key of issue.keys.slice(0, shownUnknown)) {
        const unknown = [...issue.path, key.slice(0, shownNameLength)].map(String).join('.');
        fields[unknown] ??= unknownField;
        first ??= `${unknown}: ${unknownField}`;
      }
      continue;
    }
    const name = String(issue.path[0] ?? '');
    if (name === '') continue;
    const text = describeIssue(issue, valueAt(value, issue.path));
    fields[name] ??= text;
    first ??= libraryWords.test(issue.message) ? `${name}: ${text}` : text;
  }
  return { message: first ?? 'Send a JSON object.', fields };
}

const unknownField = 'There is no field of this name.';
const shownUnknown = 20;
const shownNameLength = 100;

/** Messages that a contract gives stay; those of the schema library are said in plain words. */
function describeIssue(issue: z.core.$ZodIssue, found: unknown): string {
  if (!libraryWords.test(issue.message)) return issue.message;
  if (Array.isArray(found) && !(issue.code === 'invalid_type' && issue.expected === 'array')) {
    return 'Give it once.';
  }
  switch (issue.code) {
    case 'invalid_type':
      return found === undefined ? 'Give a value.' : `Use ${kinds[issue.expected] ?? issue.expected}.`;
    case 'invalid_value':
      return `Use one of: ${issue.values.map(String).join(', ')}.`;
    case 'too_small':
      return issue.origin === 'string'
        ? `Use at least ${issue.minimum} characters.`
        : `Use ${issue.minimum} or more.`;
    case 'too_big':
      return issue.origin === 'string'
        ? `Use at most ${issue.maximum} characters.`
        : `Use ${issue.maximum} or less.`;
    default:
      return 'Use another value.';
  }
}

const libraryWords = /^(?:Invalid|Too (?:small|big)|Unrecognized)/;

const kinds: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
};

const valueAt = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (inside, key) => (typeof inside === 'object' && inside !== null ? Reflect.get(inside, key) : undefined),
    value,
  );
