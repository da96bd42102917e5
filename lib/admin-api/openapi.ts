import { z } from 'zod';
import { defineContract } from './contract';

/** This API as an OpenAPI 3.1 document. */
export const readOpenApi = defineContract({
  method: 'GET',
  path: '/api/v1/admin/openapi.json',
  query: z.object({}),
  body: z.undefined(),
  status: 200,
  output: z.looseObject({ openapi: z.literal('3.1.0') }),
});
