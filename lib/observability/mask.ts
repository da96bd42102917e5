/** What stands in the place of a secret. */
export const redacted = '‹redacted›';

/**
 * Secrets by their look, wherever they stand in a text. Each keeps what its first group matched. The classes leave out
 * quotes and lone backslashes, so that a finished JSON line stays one.
 */
const secretPatterns: readonly RegExp[] = [
  // user:password@ of an address, where an apostrophe may stand as it is
  /((?<![a-z0-9+.-])[a-z][a-z0-9+.-]{0,30}:\/\/)[^\s/"\\@]+(?=@)/gi,
  /(\b(?:bearer|basic)\s+)[A-Za-z0-9._~+/=-]{6,}/gi,
  // parameters of addresses and forms, and `name: value` in an error's text
  /([?&;\s](?:key|api[-_]?key|access[-_]?token|refresh[-_]?token|session[-_]?token|token|password|client[-_]?secret|signature|x-goog-signature|x-amz-signature|x-amz-security-token)=)[^&\s"'\\]+/gi,
  // the cookie that holds a session token, in parts as well
  /(next-auth\.session-token(?:\.\d)?=)[^;\s"'\\]+/gi,
  // Google: access token, refresh token, API key, client secret
  /()(?<![A-Za-z0-9])ya29\.[A-Za-z0-9_.-]+/g,
  /()(?<![A-Za-z0-9/])1\/\/[A-Za-z0-9_-]{20,}/g,
  /()(?<![A-Za-z0-9])AIza[A-Za-z0-9_-]{20,}/g,
  /()(?<![A-Za-z0-9])GOCSPX-[A-Za-z0-9_-]{10,}/g,
  // JWT and JWE, of which a session token is one
  /()(?<![A-Za-z0-9])eyJ[A-Za-z0-9_-]{10,}(?:\.[A-Za-z0-9_-]*)*/g,
  // our API keys and those of others who spell them so
  /()(?<![A-Za-z0-9])sk-[A-Za-z0-9_-]{8,}/g,
  /(-----BEGIN [A-Z ]*PRIVATE KEY-----)(?:(?!-----END)(?:[^"\\]|\\.))*/g,
  // what drizzle adds to a failed query: the values, whatever they are; in plain text and in a JSON line
  /(\nparams: )[\s\S]*?(?=\n {4}at |$)/g,
  /(\\nparams: )(?!‹redacted›)(?:[^"\\]|\\.)*/g,
];

/** Without any of these no pattern fits: most texts need no more than this one look. */
const firstSign = /[@=]|ya29|1\/\/|AIza|GOCSPX|eyJ|sk-|bearer|basic|-----BEGIN|params: /i;

/** The text without anything that looks like a secret. */
export const maskText = (text: string): string =>
  firstSign.test(text)
    ? secretPatterns.reduce((masked, pattern) => masked.replace(pattern, `$1${redacted}`), text)
    : text;

const secretName =
  /authorization|cookie|passw|passphrase|secret|token|apikey|credential|privatekey|signature|sealed|setupcode|^(st|at)$/;
/** Names that speak about a secret without holding it: `apiKeyId`, `accessTokenExpiresAt`, `tokenCount`. */
const harmlessEnding = /(Id|Ids|_id|Hint|Name|At|_at|Until|Count|Ms|Seconds|Bytes|Type|_type)$/;

/** Whether a field of this name holds a secret, in any spelling: `x-api-key`, `apiKey`, `SET_COOKIE`. */
export const isSecretName = (name: string): boolean =>
  secretName.test(name.toLowerCase().replace(/[^a-z0-9]/g, '')) && !harmlessEnding.test(name);

const deepest = 8;
const longestList = 100;

/**
 * A copy of the value as a log may hold it: without secrets, by name and by look; errors as plain objects with their
 * causes; bytes as their number; nothing endless.
 */
export const maskValue = (value: unknown): unknown => mask(value, 0, new Set());

function mask(value: unknown, depth: number, above: ReadonlySet<object>): unknown {
  if (typeof value === 'string') return maskText(value);
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'function' || typeof value === 'symbol') return undefined;
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Date) return value;
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `‹${value.byteLength} bytes›`;
  if (value instanceof URL) return maskText(value.href);
  if (above.has(value)) return '‹circular›';
  if (depth >= deepest) return '‹too deep›';
  const within = new Set(above).add(value);
  if (isError(value)) return maskError(value, depth, within);
  if (Array.isArray(value)) return value.slice(0, longestList).map((item) => mask(item, depth + 1, within));
  return maskFields(entriesOf(value), depth, within);
}

function entriesOf(value: object): Iterable<readonly [string, unknown]> {
  if (value instanceof Map || value instanceof Headers) {
    return [...value].map(([key, item]): readonly [string, unknown] => [String(key), item]);
  }
  if (value instanceof Set) return Object.entries([...value]);
  return Object.entries(value);
}

function maskFields(
  entries: Iterable<readonly [string, unknown]>,
  depth: number,
  above: ReadonlySet<object>,
): Record<string, unknown> {
  const masked: Record<string, unknown> = {};
  for (const [name, item] of entries) {
    const isSecret = isSecretName(name) && (typeof item === 'string' || isStructure(item));
    masked[name] = isSecret ? redacted : mask(item, depth + 1, above);
  }
  return masked;
}

const isStructure = (value: unknown) =>
  typeof value === 'object' && value !== null && !(value instanceof Date);

const isError = (value: object): value is Error =>
  value instanceof Error || Object.prototype.toString.call(value) === '[object Error]';

/** Fields that hold values of a query, whole bodies, or how a library was called: what is in them is nobody's business. */
const droppedErrorFields = new Set([
  'params',
  'parameters',
  'input',
  'request',
  'response',
  'body',
  'options',
]);

function maskError(error: Error, depth: number, above: ReadonlySet<object>): Record<string, unknown> {
  const { name, message, stack, cause } = error;
  const fields = Object.entries(error).filter(
    ([key]) => !droppedErrorFields.has(key) && key !== 'cause' && key !== 'stack' && key !== 'message',
  );
  return {
    ...maskFields(fields, depth, above),
    type: name, // the name of the class is cut off in a build
    message: maskText(message),
    ...(stack === undefined ? {} : { stack: maskText(stack) }),
    ...('errors' in error ? { errors: mask(error.errors, depth + 1, above) } : {}),
    ...(cause === undefined || cause === null ? {} : { cause: mask(cause, depth + 1, above) }),
  };
}
