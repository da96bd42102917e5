import type { z } from 'zod';

type Issue = z.core.$ZodIssue;
export type FieldViolation = { field: string; description: string };

/** Schema issues in the words of Google's JSON reader. */
export function describeIssues(issues: readonly Issue[], body: unknown): FieldViolation[] {
  return issues.flatMap((issue) => {
    const field = formatPath(issue.path);
    if (issue.code === 'unrecognized_keys') {
      const at = field === '' ? '' : ` at '${field}'`;
      return issue.keys.map((key) => ({
        field,
        description: `Invalid JSON payload received. Unknown name "${key}"${at}: Cannot find field.`,
      }));
    }
    const value = valueAt(body, issue.path);
    const description =
      value === undefined
        ? `Missing required field '${field}'.`
        : `Invalid value at '${field}', ${JSON.stringify(value)?.slice(0, 200)}`;
    return [{ field, description }];
  });
}

/** `requests[0].text_input`: fields in their proto spelling. */
function formatPath(path: readonly PropertyKey[]): string {
  return path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${snakeCase(String(part))}`))
    .join('')
    .replace(/^\./, '');
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function valueAt(body: unknown, path: readonly PropertyKey[]): unknown {
  let value: unknown = body;
  for (const part of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = Reflect.get(value, part);
  }
  return value;
}
