import { z } from 'zod';
import type { AnyContract } from './contract';
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
        'What the console uses. A sign-in at /admin/login gives the session cookie; changes are taken from the same site only.',
    },
    tags: [...new Set(contracts.map(({ part }) => part))].map((part) => ({ name: part })),
    security: [{ session: [] }],
    paths,
    components: {
      securitySchemes: { session: { type: 'apiKey', in: 'cookie', name: sessionCookie } },
      schemas: { Error: toSchema(adminError, 'output') },
      responses: {
        Error: {
          description: 'What is wrong, by its code.',
          content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
        },
      },
    },
  };
}

function describe(name: string, part: string, contract: AnyContract): Json {
  const { path, query, body, status, output, isOpen = false, produces = ['application/json'] } = contract;
  const parameters = [...pathParameters(path), ...queryParameters(query)];
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
            content: { 'application/json': { schema: toSchema(body, 'input') } },
          },
        }
      : {}),
    responses: {
      [status]: {
        description: 'Done.',
        content: Object.fromEntries(produces.map((type) => [type, { schema: toSchema(output, 'output') }])),
      },
      401: { $ref: '#/components/responses/Error' },
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
