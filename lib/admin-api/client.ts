import type { z } from 'zod';
import { type Contract, type ContractPath, fillPath, type PathParams } from './contract';
import { type AdminError, adminError } from './error';

/** A call of the admin API that failed: its code, its message for people, and the fields at fault. */
export class AdminApiError extends Error {
  override readonly name = 'AdminApiError';
  readonly status: number;
  readonly detail: AdminError;

  constructor(status: number, detail: AdminError) {
    super(detail.message);
    this.status = status;
    this.detail = detail;
  }
}

/** Whether a call failed because the sign-in has ended: nothing but a new sign-in helps. */
export const isSignedOut = (error: unknown): boolean =>
  error instanceof AdminApiError && error.detail.code === 'sign_in_required';

type Input<Query, Body, Path extends ContractPath> = {
  /** What stands in the parts in braces of the path. */
  params?: PathParams<Path>;
  query?: Query;
  body?: Body;
  signal?: AbortSignal;
};

/** Calls an endpoint of the admin API from the browser. Throws `AdminApiError`; 0 stands for no answer at all. */
export async function callAdmin<
  Query extends z.ZodType,
  Body extends z.ZodType,
  Output extends z.ZodType,
  Path extends ContractPath,
>(
  contract: Contract<Query, Body, Output, Path>,
  { params, query, body, signal }: Input<z.input<Query>, z.input<Body>, Path> = {},
): Promise<z.infer<Output>> {
  const path = params === undefined ? contract.path : fillPath(contract.path, params);
  const response = await send(`${path}${encodeQuery(query)}`, {
    method: contract.method,
    headers: body === undefined ? {} : { 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
  });
  const answer: unknown = await response.json().catch(() => undefined);
  if (!response.ok) throw new AdminApiError(response.status, readError(answer, response));
  const output = contract.output.safeParse(answer);
  if (output.success) return output.data;
  throw new AdminApiError(response.status, {
    code: 'unreadable_answer',
    message:
      'The answer of the gateway is not what this page expects: it may have been updated. Reload the page.',
    request_id: response.headers.get('x-request-id') ?? '',
  });
}

async function send(url: string, init: RequestInit): Promise<Response> {
  try {
    // The browser asks each time whether what it has is still so; what may not be kept says so itself.
    return await fetch(url, { ...init, cache: 'no-cache' });
  } catch (error) {
    if (init.signal?.aborted) throw error;
    const message = 'The gateway does not answer. Check that it runs and that you are connected.';
    throw new AdminApiError(0, { code: 'no_answer', message, request_id: '' });
  }
}

function readError(answer: unknown, response: Response): AdminError {
  const parsed = adminError.safeParse(answer);
  if (parsed.success) return parsed.data.error;
  return {
    code: 'unreadable_answer',
    message: `The gateway answered with status ${response.status} and nothing readable. A proxy in between may be at fault.`,
    request_id: response.headers.get('x-request-id') ?? '',
  };
}

/** A query as `?a=1&b=2&b=3`, or nothing at all where it is empty. */
export function encodeQuery(query: unknown): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query ?? {})) {
    for (const item of Array.isArray(value) ? value : [value]) {
      if (item !== undefined && item !== '') search.append(key, String(item));
    }
  }
  return search.size === 0 ? '' : `?${search}`;
}
