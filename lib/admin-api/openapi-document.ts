import { z } from 'zod';
import { type AnyContract, isTagged, refusalsOf } from './contract';
import { contracts } from './contracts';
import { adminError } from './error';

type Json = Record<string, unknown>;

/** Every endpoint of the admin API as OpenAPI 3.1 (https://spec.openapis.org/oas/v3.1.1) has it. */
export function makeOpenApiDocument({ sessionCookie }: { sessionCookie: string }): Json & {
  openapi: '3.1.0';
} {
  const paths: Record<string, Json> = {};
  for (const { name, part, contract } of contracts) {
    paths[contract.path] = {
      ...paths[contract.path],
      [contract.method.toLowerCase()]: describe(name, part, contract),
    };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Flow2API administration',
      version: '1',
      description:
        'What the console uses. POST /api/v1/admin/sign-in gives the session cookie; changes are taken from the same site only.',
    },
    tags: [...new Set(contracts.map(({ part }) => part))].map((part) => ({ name: part })),
    security: [{ session: [] }],
    paths,
    components: {
      securitySchemes: { session: { type: 'apiKey', in: 'cookie', name: sessionCookie } },
      schemas: { Error: toSchema(adminError, 'output') },
      headers,
      parameters: {
        IfMatch: header('If-Match', '`version` of what was read, in quotes; `*` fits every version.'),
        IfNoneMatch: header('If-None-Match', 'The `ETag` of an earlier answer.'),
      },
      responses: {
        ...Object.fromEntries(
          Object.entries(refusals).map(([status, description]) => [
            `Error${status}`,
            failure(description, status === '429' || status === '503' ? ['Retry-After'] : []),
          ]),
        ),
        Error: failure('What is wrong, by its code.', ['Retry-After']),
        FormAnswered: {
          description:
            'What a form gets instead of every other answer: on success the way to `next`, with the cookie, else back to the sign-in page, without one.',
          headers: refer(['Location', 'Set-Cookie', 'X-Request-Id', 'Date']),
        },
        NotModified: {
          description: 'The answer is still the one that the caller has.',
          headers: refer(['ETag', 'X-Request-Id', 'Date']),
        },
      },
    },
  };
}

const headers: Record<string, Json> = {
  ETag: { description: 'Stands for the content; for `If-None-Match`.', schema: { type: 'string' } },
  Location: { description: 'An address of the console, relative.', schema: { type: 'string' } },
  'Set-Cookie': { description: 'The session that has begun.', schema: { type: 'string' } },
  'X-Request-Id': { description: 'By which the log has the request.', schema: { type: 'string' } },
  Date: { description: 'The clock of the gateway.', schema: { type: 'string' } },
  'Retry-After': {
    description: 'Seconds until a repeat can succeed; absent where that is not known.',
    schema: { type: 'integer' },
  },
};

const formType = 'application/x-www-form-urlencoded';

const refer = (names: readonly string[]): Json =>
  Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));

const header = (name: string, description: string): Json => ({
  name,
  in: 'header',
  required: false,
  description,
  schema: { type: 'string' },
});

/** What each status of a refusal means on this surface. */
const refusals: Record<number, string> = {
  400: 'The request cannot be done as it is, or the upstream refuses it; where a field is at fault, `fields` says which.',
  401: 'Nobody is signed in, or name or password are wrong.',
  403: 'Another site asks, the password has to be given, or it has to be changed first.',
  404: 'There is nothing of this id.',
  409: 'It does not fit what is stored by now; `details` has the facts.',
  410: 'It is no longer there.',
  413: 'The body is too large.',
  415: 'The body is not JSON, or none is taken.',
  424: 'The upstream refuses it.',
  429: 'Too many attempts.',
  502: 'The upstream cannot be reached, or failed.',
  503: 'The gateway is being stopped, or cannot do it now.',
};

const failure = (description: string, more: readonly string[]): Json => ({
  description,
  headers: refer(['X-Request-Id', 'Date', ...more]),
  content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
});

function describe(name: string, part: string, contract: AnyContract): Json {
  const { path, query, body, status, output, isOpen = false, produces = ['application/json'] } = contract;
  const hasTag = isTagged(contract);
  const parameters = [
    ...pathParameters(path),
    ...queryParameters(query),
    ...(contract.takesIfMatch === true ? [{ $ref: '#/components/parameters/IfMatch' }] : []),
    ...(hasTag ? [{ $ref: '#/components/parameters/IfNoneMatch' }] : []),
  ];
  const hasBody = body._zod.def.type !== 'undefined';
  return {
    operationId: name,
    summary: sentence(name),
    tags: [part],
    ...(isOpen ? { security: [] } : {}),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(hasBody
      ? {
          requestBody: {
            required: true,
            content: Object.fromEntries(
              ['application/json', ...(isOpen || contract.takesForm === true ? [formType] : [])].map(
                (type) => [type, { schema: toSchema(body, 'input') }],
              ),
            ),
          },
        }
      : {}),
    responses: {
      [status]: {
        description: 'Done.',
        headers: refer([
          ...(hasTag ? ['ETag'] : []),
          ...(isOpen ? ['Set-Cookie'] : []),
          'X-Request-Id',
          'Date',
        ]),
        content: Object.fromEntries(produces.map((type) => [type, { schema: toSchema(output, 'output') }])),
      },
      ...(isOpen ? { 303: { $ref: '#/components/responses/FormAnswered' } } : {}),
      ...(hasTag ? { 304: { $ref: '#/components/responses/NotModified' } } : {}),
      ...Object.fromEntries(
        refusalsOf(contract).map((code) => [code, { $ref: `#/components/responses/Error${code}` }]),
      ),
      default: { $ref: '#/components/responses/Error' },
    },
  };
}

const pathParameters = (path: string): Json[] =>
  [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));

function queryParameters(query: z.ZodType): Json[] {
  const { properties = {}, required = [] } = toSchema(query, 'input');
  return Object.entries(properties as Json).map(([name, schema]) => ({
    name,
    in: 'query',
    required: Array.isArray(required) && required.includes(name),
    schema,
  }));
}

/** `changeSettings` as "Change settings". */
const sentence = (name: string) =>
  name
    .replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
    .replace(/^./, (letter) => letter.toUpperCase());

/** What cannot be said in a schema, such as a transformation, is left open. */
function toSchema(type: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _dialect, ...schema } = z.toJSONSchema(type, {
    target: 'draft-2020-12',
    io,
    unrepresentable: 'any',
  });
  return schema;
}
