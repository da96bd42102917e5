import type { z } from 'zod';

/** One fault of a request, as FastAPI tells it; without the value, which may be a password. */
export type SchemaFault = { type: string; loc: (string | number)[]; msg: string };

const marker = Symbol.for('flow2api.SchemaFaults');

/** What came in is not what the address takes: becomes a 422 with a list. */
export class SchemaFaults extends Error {
  override readonly name = 'SchemaFaults';
  readonly faults: readonly SchemaFault[];
  readonly [marker] = true;

  constructor(faults: readonly SchemaFault[]) {
    super(faults.map(({ loc, msg }) => `${loc.join('.')}: ${msg}`).join('; '));
    this.faults = faults;
  }
}

/** Whether this is a `SchemaFaults`, also one made by another copy of this module. */
export const isSchemaFaults = (error: unknown): error is SchemaFaults =>
  typeof error === 'object' && error !== null && marker in error;

/** The value as the schema has it; `place` is where it came from. Throws `SchemaFaults`. */
export function parseSeed<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  place: 'body' | 'query',
): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new SchemaFaults(
    result.error.issues.map((issue) => ({
      ...describe(issue, valueAt(value, issue.path)),
      loc: [place, ...issue.path.map((part) => (typeof part === 'number' ? part : String(part)))],
    })),
  );
}

function describe(issue: z.core.$ZodIssue, found: unknown): Pick<SchemaFault, 'type' | 'msg'> {
  if (issue.code === 'invalid_type') {
    if (found === undefined) return { type: 'missing', msg: 'Field required' };
    return kinds[issue.expected] ?? { type: 'value_error', msg: issue.message };
  }
  if (issue.code === 'invalid_value') {
    const wanted = issue.values.map((value) => `'${String(value)}'`).join(' or ');
    return { type: 'literal_error', msg: `Input should be ${wanted}` };
  }
  return { type: 'value_error', msg: issue.message };
}

/** The words of pydantic, which scripts may look for. */
const kinds: Readonly<Record<string, Pick<SchemaFault, 'type' | 'msg'>>> = {
  string: { type: 'string_type', msg: 'Input should be a valid string' },
  boolean: { type: 'bool_parsing', msg: 'Input should be a valid boolean' },
  int: { type: 'int_parsing', msg: 'Input should be a valid integer' },
  number: { type: 'int_parsing', msg: 'Input should be a valid integer' },
  array: { type: 'list_type', msg: 'Input should be a valid list' },
  object: { type: 'dict_type', msg: 'Input should be a valid dictionary' },
};

const valueAt = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (inside, key) => (typeof inside === 'object' && inside !== null ? Reflect.get(inside, key) : undefined),
    value,
  );
