import type { z } from 'zod';

/** Where an endpoint is. A part in braces takes any id: `/api/v1/admin/accounts/{id}`. */
export type ContractPath = `/api/v1/admin/${string}`;

/** The names of the parts in braces. */
type NamesIn<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? Name | NamesIn<Rest>
  : never;

/** What stands in the parts in braces of a path, by name. */
export type PathParams<Path extends string> = Readonly<Record<NamesIn<Path>, string>>;

export type RefusalStatus = 400 | 401 | 404 | 409 | 410 | 424 | 429 | 502 | 503;

/** One endpoint of `/api/v1/admin`: what goes in, what comes out. Handler and browser both import it. */
export type Contract<
  Query extends z.ZodType,
  Body extends z.ZodType,
  Output extends z.ZodType,
  Path extends ContractPath = ContractPath,
> = {
  method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  path: Path;
  query: Query;
  /** Needs no sign-in: it is what begins one, by JSON or by a plain form, and sets its cookie. */
  isOpen?: true;
  /** Answers also while the password has to be changed before anything else. */
  worksBeforePasswordChange?: true;
  /** `z.undefined()`: none is read. */
  body: Body;
  /** Takes its fields as a plain form as well: a browser saves an answer as it comes only where it goes by itself. */
  takesForm?: true;
  /** Media types of an answer that is a file instead of JSON, which `output` then is the text of. */
  produces?: readonly string[];
  /** The answer holds details that no cache may keep: bodies of requests, a secret. */
  isPrivate?: true;
  /** Fields of the answer that its entity tag leaves out: they change while all that they go with stays as it was. */
  untagged?: readonly string[];
  /** Where a body may be larger than usual. */
  maxBodyBytes?: number;
  /** Of a success; 202 for what goes on afterwards. */
  status: 200 | 201 | 202;
  /** Is refused as 409 when the header `If-Match` names another version than the stored one. */
  takesIfMatch?: true;
  /** Statuses of refusals that do not follow from the rest of the contract. */
  refuses?: readonly RefusalStatus[];
  output: Output;
};

/** Any contract, for what looks at all of them. */
export type AnyContract = Contract<z.ZodType, z.ZodType, z.ZodType>;

/** Whether its answers have an `ETag`, by which a caller asks whether they are still so. */
export const isTagged = ({ method, isPrivate, produces }: AnyContract): boolean =>
  method === 'GET' && isPrivate !== true && produces === undefined;

/** Every status with which the endpoint may refuse a call; what no caller brings about, such as 500, is not in it. */
export function refusalsOf(contract: AnyContract): number[] {
  const { method, path, body, isOpen, worksBeforePasswordChange, refuses = [] } = contract;
  const hasBody = body._zod.def.type !== 'undefined';
  const statuses = new Set<number>([
    400, // any query can hold a NUL
    ...(isOpen === true ? [] : [401]),
    ...(method !== 'GET' || worksBeforePasswordChange !== true ? [403] : []),
    ...(path.includes('{') ? [404] : []),
    ...(hasBody ? [413] : []),
    ...(method === 'GET' ? [] : [415]),
    ...refuses,
  ]);
  return [...statuses].toSorted((one, other) => one - other);
}

/** Keeps the types of a contract while checking its shape. */
export const defineContract = <
  Query extends z.ZodType,
  Body extends z.ZodType,
  Output extends z.ZodType,
  const Path extends ContractPath,
>(
  contract: Contract<Query, Body, Output, Path>,
): Contract<Query, Body, Output, Path> => contract;

/**
 * What stands in the parts in braces when `pathname` is an address of `path`, decoded; `undefined` when it is none.
 */
export function matchPath<Path extends ContractPath>(
  path: Path,
  pathname: string,
): PathParams<Path> | undefined {
  const [wanted, found] = [path.split('/'), pathname.split('/')];
  if (wanted.length !== found.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const text = decodePart(found[index] ?? '');
    const name = /^\{(\w+)\}$/.exec(part)?.[1];
    if (name === undefined ? text !== part : text === undefined || text === '') return undefined;
    if (name !== undefined && text !== undefined) params[name] = text;
  }
  // Every name of the path was given its text above.
  return params as PathParams<Path>;
}

/** The address with what stands in the parts in braces. */
export function fillPath<Path extends ContractPath>(path: Path, params: PathParams<Path>): string {
  const values: Readonly<Record<string, string>> = params;
  return path.replace(/\{(\w+)\}/g, (_part, name: string) => encodeURIComponent(values[name] ?? ''));
}

function decodePart(part: string): string | undefined {
  try {
    const text = decodeURIComponent(part);
    return text.includes('\0') ? undefined : text;
  } catch {
    return undefined; // no text can be meant by it
  }
}
