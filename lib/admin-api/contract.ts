import type { z } from 'zod';

/** One endpoint of `/api/v1/admin`: what goes in, what comes out. Handler and browser both import it. */
export type Contract<Query extends z.ZodType, Body extends z.ZodType, Output extends z.ZodType> = {
  method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  path: `/api/v1/admin/${string}`;
  query: Query;
  body: Body;
  /** Of a success. */
  status: 200 | 201;
  output: Output;
};

/** Keeps the types of a contract while checking its shape. */
export const defineContract = <Query extends z.ZodType, Body extends z.ZodType, Output extends z.ZodType>(
  contract: Contract<Query, Body, Output>,
): Contract<Query, Body, Output> => contract;
