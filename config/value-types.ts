import { z } from 'zod';
import { ConfigError, showText, showValue } from './config-error';
import { parseProxyUrl } from './proxy-url';

/** A kind of value that the configuration can hold: how it is checked and how its limits are told. */
export type ValueType<T> = {
  /** Which input suits it. `whole` and `number` are numbers, `flag` is on or off, the rest is text. */
  kind: 'whole' | 'number' | 'flag' | 'choice' | 'text' | 'url' | 'proxy_url';
  /** Checks a typed value (JSON, TOML) and brings it to its normal form. */
  schema: z.ZodType<T>;
  /** What is allowed, as the end of a sentence that begins with "Use". */
  allowed: string;
  min?: number;
  max?: number;
  choices?: readonly string[];
  /** Of a text: what it has to match as a whole, as the source of a regular expression. */
  pattern?: string;
};

const counted = new Intl.NumberFormat('en-US', { maximumFractionDigits: 6 });
const between = (min: number, max: number) => `from ${counted.format(min)} to ${counted.format(max)}`;

/** Whole numbers from `min` to `max`, both included. */
export const wholeNumber = (min: number, max: number): ValueType<number> => ({
  kind: 'whole',
  schema: z.int().min(min).max(max),
  allowed: `a whole number ${between(min, max)}`,
  min,
  max,
});

/** Numbers from `min` to `max`, fractions allowed. */
export const number = (min: number, max: number): ValueType<number> => ({
  kind: 'number',
  schema: z.number().min(min).max(max),
  allowed: `a number ${between(min, max)}`,
  min,
  max,
});

/** On or off. */
export const flag = (): ValueType<boolean> => ({
  kind: 'flag',
  schema: z.boolean(),
  allowed: 'true or false',
});

/** One of a few words. */
export const choice = <const Choices extends readonly [string, ...string[]]>(
  ...choices: Choices
): ValueType<Choices[number]> => ({
  kind: 'choice',
  schema: z.enum(choices),
  allowed: `${choices.slice(0, -1).join(', ')} or ${choices.at(-1)}`,
  choices,
});

/** Text that matches a pattern, without the white space around it. `allowed` says in words what the pattern wants. */
export const text = (pattern: RegExp, allowed: string): ValueType<string> => ({
  kind: 'text',
  schema: z.string().trim().regex(pattern),
  allowed,
  pattern: pattern.source,
});

/** An http or https address without credentials, query and slash at the end. With `optional`, empty text means "none". */
export const url = ({ optional = false } = {}): ValueType<string> => ({
  kind: 'url',
  schema: parsed((value) => (optional && value.trim() === '' ? '' : parseHttpUrl(value))),
  allowed: `an address that starts with http:// or https://${optional ? ', or nothing' : ''}`,
});

/** The name of a time zone as the IANA has it. Empty text means that of the machine. */
export const timeZone = (): ValueType<string> => ({
  kind: 'text',
  schema: z
    .string()
    .trim()
    .refine((name) => name === '' || isTimeZone(name)),
  allowed: 'the name of a time zone such as Europe/Berlin or UTC, or nothing',
});

/** Node takes offsets such as +02:00 as well, which know no summer time: they are no names. */
function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** The address of a proxy in any usual spelling, see `parseProxyUrl`. Empty text means "none". */
export const proxyUrl = (): ValueType<string> => ({
  kind: 'proxy_url',
  schema: parsed(parseProxyUrl),
  allowed: 'http://, https://, socks5:// or socks5h:// with host:port, or nothing',
});

const parsed = (parse: (text: string) => string | undefined): z.ZodType<string> =>
  z.string().transform((value, context) => {
    const result = parse(value);
    if (result !== undefined) return result;
    context.addIssue({ code: 'custom', message: 'not in a known form' });
    return z.NEVER;
  });

function parseHttpUrl(value: string): string | undefined {
  const trimmed = value.trim();
  if (!/^https?:\/\/[^\s?#]+$/i.test(trimmed) || !URL.canParse(trimmed)) return undefined;
  const parts = new URL(trimmed);
  // fetch refuses an address with credentials, so it could never be called.
  if (parts.username !== '' || parts.password !== '') return undefined;
  return parts.href.replace(/\/+$/, '');
}

/** Where a value was found, and whether a message may show it. */
export type Found = { file?: string; key: string; isSecret?: boolean };

/** Checks a typed value. Throws a `ConfigError` that names place, value and what is allowed. */
export function parseValue<T>(type: ValueType<T>, value: unknown, found: Found): T {
  return check(type, value, found, showValue(value));
}

/** Like `parseValue` for text from the environment: also true/false, yes/no, on/off and 1/0, and numbers. */
export function parseValueText<T>(type: ValueType<T>, text: string, found: Found): T {
  return check(type, typedValue(type, text.trim()), found, showText(text));
}

function check<T>(type: ValueType<T>, value: unknown, { file, key, isSecret }: Found, shown: string): T {
  const result = type.schema.safeParse(value);
  if (result.success) return result.data;
  throw new ConfigError([
    {
      ...(file === undefined ? {} : { file }),
      key,
      ...(isSecret ? {} : { value: shown }),
      allowed: type.allowed,
    },
  ]);
}

const flagWords: Readonly<Record<string, boolean>> = {
  true: true,
  yes: true,
  on: true,
  '1': true,
  false: false,
  no: false,
  off: false,
  '0': false,
};

function typedValue(type: ValueType<unknown>, text: string): unknown {
  switch (type.kind) {
    case 'flag':
      return flagWords[text.toLowerCase()];
    case 'whole':
    case 'number':
      return /^[+-]?\d+(\.\d+)?$/.test(text) ? Number(text) : undefined;
    default:
      return text;
  }
}
